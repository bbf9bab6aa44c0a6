export-title = Скачать таблицу:
export-xlsx = Excel (XLSX)
export-csv = CSV
export-csv-semicolon = CSV с точкой с запятой
export-yes = да
export-no = нет
export-in-group = В группе
export-right = верно
export-of = вопросов
export-percent = процент
export-level = уровень
export-passed = порог достигнут
export-minutes = минут
export-finished = Завершено (часовой пояс { $zone })
export-position = №
export-item = Код вопроса
export-skill = Навык
export-question = Вопрос
export-chosen = Выбрано
export-key = Верный ответ
export-correct = Отвечено верно
export-sheet-results = Результаты
export-sheet-answers = Ответы
export-sheet-skills = Навыки
export-most = В файл входит не больше { $n } заданий – те, у которых срок самый поздний.
export-left-out = { $n ->
    [one] В таблицу не вошло { $n } задание.
    [few] В таблицу не вошли { $n } задания.
   *[many] В таблицу не вошло { $n } заданий.
} В ней не больше { $most } заданий – с самым поздним сроком – и нет экзаменов, набор правил которых удалён.

audience-title = Для кого
audience-all = Вся группа
audience-all-hint = И те, кто вступит в неё позже.
audience-some = Только некоторые ученики
audience-some-hint = Остальные этого не видят.
school-fault-learners-none = Выберите хотя бы одного ученика или дайте задание всей группе
school-fault-learners-not-in-group = Кто-то из выбранных уже не в группе. Выберите заново

assignment-tab-needs = Кому что нужно
needs-title = Кому что нужно
needs-lead = Ученики собраны по навыкам, которых им не хватает. Одна кнопка даёт тренировку именно этим ученикам.
needs-back = Назад к группе
needs-looked-at = По последним заданиям:
needs-none = Пока не видно, чтобы кому-то не хватало навыка.
needs-missing = Не хватает: { $n } из { $of }
needs-practice-for = { $n ->
    [one] Для { $n } ученика, открыта 7 дней, ответы сразу.
   *[other] Для { $n } учеников, открыта 7 дней, ответы сразу.
}
needs-practice-do = Дать тренировку
needs-practice-title = Тренировка: { $skill } ({ $section }, { $level })
needs-no-practice = В банке нет подходящих вопросов. Потренируйте это на занятии.
needs-fine = Хватает всем
needs-unclear = Слишком мало данных
needs-unclear-text = По навыку им задали меньше { $n } вопросов.
needs-silent = Пока ничего не завершили
needs-cut-mock = В пробном экзамене навыка не хватает, если верных ответов меньше порога: { $n } %.
needs-cut-practice = В тренировке – если верных ответов меньше { $n } %.
needs-least = Меньше { $n } вопросов ни о чём не говорят. Эти границы выбрали мы: опубликованных правил о навыках нет.
group-needs = Кому что нужно

progress-title = Успехи
progress-lead = Что этот ученик сделал для школы. То, что он решает сам, здесь не показано.
progress-own = Что вы сделали для школы – так это видят преподаватели. То, что вы решаете сами, им не показывается.
progress-none = Пока ничего нет.
progress-points = Баллы в оценке
progress-points-level = Последний пробный экзамен, который засчитывается, { $date }: достигнут уровень { $level }. Подтверждённый сертификатом, он принёс бы
progress-points-most = из возможных
progress-points-below = Последний пробный экзамен, который засчитывается, { $date }: ниже самого низкого уровня, баллов он бы не принёс.
progress-points-note = Калькулятор учитывает этот пробный экзамен до { $date }.
progress-skills = Навыки со временем
progress-skills-note = Верные ответы из заданных вопросов в последних завершённых попытках.
progress-attempts = Попытки
progress-link = Мои успехи здесь

letter-title = Результат пробного теста
letter-link = Письмо для печати
letter-print = Чтобы напечатать или сохранить в PDF, нажмите Ctrl + P (на Mac ⌘ + P) или выберите «Печать» в меню браузера. Язык письма – это язык страницы.
letter-sat = Завершено
letter-required = Уровень для сдачи
letter-required-text = { $level }: не менее { $n } % верных ответов в каждой части
letter-conditions = Условия
letter-minutes = { $n ->
    [one] { $n } минута
    [few] { $n } минуты
   *[many] { $n } минут
}
letter-no-limit = без ограничения времени
letter-plays = { $n ->
    [one] каждая запись до { $n } раза
   *[other] каждая запись до { $n } раз
}
letter-counts = Экзамен идёт в счёт пересдач.
letter-training = Экзамен был учебным и не идёт в счёт пересдач.
letter-result = Результат
letter-reached = Порог достигнут
letter-passed = Уровень { $level } достигнут в каждой части. Общий уровень: { $reached }.
letter-failed = Уровень { $level } не достигнут: порог нужен в каждой части. Общий уровень: { $reached }.
letter-no-certificate = Это учебный результат школы. Он не является сертификатом государственного Национального центра тестирования и не заменяет его.
letter-teacher = Имя преподавателя
letter-signature = Подпись
