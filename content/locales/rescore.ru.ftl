assignment-tab-rescore = Исправления
rescore-title = Исправить вопрос
rescore-lead = Если ключ был неверным или вопрос неудачный, укажите, что верно. Сначала вы увидите, у кого что изменится, и исправление можно отменить.
rescore-none = Пока никто не закончил. Вопрос можно исправить, когда появится первая законченная попытка.
rescore-questions = Вопросы законченных попыток
rescore-question = Вопрос
rescore-facility = Выбрали ключ
rescore-given = { $n ->
    [one] из { $n } попытки
   *[other] из { $n } попыток
}
rescore-correct = Исправить
rescore-corrected = исправлен
rescore-corrections = Исправления
rescore-undo = Отменить
rescore-undone = отменено { $date }
rescore-what = Что сделать?
rescore-kind-right = Верны другие ответы
rescore-kind-right-hint = Отметьте их ниже.
rescore-kind-credit-all = Балл получают все
rescore-kind-credit-all-hint = И те, кто не ответил.
rescore-kind-leave-out = Не учитывать вопрос
rescore-kind-leave-out-hint = Ни у кого: в части становится на один вопрос меньше.
rescore-which = Какие ответы верны?
rescore-which-hint = Все, за которые даётся балл, в том числе прежний ключ, если он остаётся верным.
rescore-chosen = { $n ->
    [one] выбран { $n } раз
    [few] выбран { $n } раза
   *[other] выбран { $n } раз
}
rescore-reason = Почему
rescore-reason-hint = Ученики увидят это рядом с вопросом.
rescore-see = Показать, у кого изменится
rescore-preview = У кого изменится
rescore-change = Попыток с этим вопросом: { $of }, изменится: { $n }.
rescore-now-pass = Теперь сдали: { $n }.
rescore-no-longer = Больше не сдали: { $n }.
rescore-points = Баллы за казахский
rescore-same = Без изменений:
rescore-signed = Попытки, которые закончат позже, проверяются так же. Подписанный результат, который кто-то уже сохранил, остаётся прежним; новый покажет новый итог.
rescore-apply = Применить
rescore-discard = Не применять
corrected = Исправлено { $date }: { $reason }
corrected-rekey = Верен другой ответ.
corrected-accept = Верны несколько ответов.
corrected-credit-all = Балл получили все.
corrected-leave-out = Вопрос не учитывается.
result-verdict-left-out = – не учитывается
school-fault-item-unknown = Ни в одной законченной попытке нет этого вопроса. Выберите вопрос из списка
school-fault-item-corrected = Этот вопрос уже исправлен. Сначала отмените то исправление
school-fault-kind-unknown = Выберите, что сделать
school-fault-options-which = Отметьте верные ответы
school-fault-options-same = Этот ответ и так ключ. Отметьте другой или несколько
school-fault-reason-missing = Напишите, почему вопрос исправляется
school-fault-reason-too-long = Напишите причину одной строкой, не длиннее 500 знаков
