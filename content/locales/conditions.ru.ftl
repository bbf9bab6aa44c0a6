conditions-title = Условия для ученика
conditions-of = Условия для ученика: { $name }
conditions-lead = Они действуют во всех заданиях этой школы. То, что ученик делает для себя, школы не касается и остаётся как есть.
conditions-now = Сейчас предоставлено
conditions-none = Ничего не предоставлено: условия те же, что у всех.
conditions-by = Предоставил(а) { $name }, { $date }.
conditions-percent = времени больше на { $n } %
conditions-minutes = { $n ->
    [one] на { $n } минуту больше в каждой части
    [few] на { $n } минуты больше в каждой части
   *[many] на { $n } минут больше в каждой части
}
conditions-plays = { $n ->
    [one] ещё { $n } прослушивание каждой записи
    [few] ещё { $n } прослушивания каждой записи
   *[many] ещё { $n } прослушиваний каждой записи
}
conditions-break = { $n ->
    [one] перерыв длиннее на { $n } минуту
    [few] перерыв длиннее на { $n } минуты
   *[many] перерыв длиннее на { $n } минут
}
conditions-larger = крупный текст
conditions-field-percent = Больше времени, в процентах
conditions-field-percent-hint = От 0 до 300. При 50 часть в 40 минут длится 60.
conditions-field-minutes = Больше минут в каждой части
conditions-field-minutes-hint = От 0 до 120. Они добавляются к процентам.
conditions-field-plays = Больше прослушиваний каждой записи
conditions-field-plays-hint = От 0 до 5.
conditions-field-break = Больше минут в каждом перерыве
conditions-field-break-hint = От 0 до 60.
conditions-field-larger = Крупный текст во время экзамена
conditions-field-reason = Причина
conditions-field-reason-hint = Можно оставить пустым. Её видят только те, кто здесь преподаёт.
conditions-at-once = Если ученик сейчас сдаёт экзамен этой школы, его время изменится сразу.
conditions-grant = Предоставить эти условия
conditions-withdraw = Отменить условия
conditions-withdraw-text = После этого условия будут те же, что у всех. Экзамен, который идёт сейчас, потеряет добавленное время; ничего из сохранённого не пропадёт.
conditions-withdraw-do = Отменить условия
conditions-link = Условия
conditions-yours = Школа предоставила вам:
conditions-sat = Условия сдачи: { $what }.
conditions-tag = особые условия
school-fault-extra_percent-out-of-range = Напишите число от 0 до 300
school-fault-extra_minutes-out-of-range = Напишите число минут от 0 до 120
school-fault-extra_plays-out-of-range = Напишите число прослушиваний от 0 до 5
school-fault-break_minutes-out-of-range = Напишите число минут от 0 до 60
school-fault-reason-too-long = Причина должна быть не длиннее 200 знаков
