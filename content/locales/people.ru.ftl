invitations-title = Приглашения для вас
invitation-group = учиться в группе { $group }
invitation-tutor = преподавать в школе
invitation-by = Приглашает { $name }. Действует до { $date }.
invitation-accept = Принять
invitation-decline = Отклонить
invitation-proof = Synaq не отправляет писем. Приглашение ждёт 30 дней и показывается тому, кто войдёт с этим адресом, поэтому сообщите о нём сами. Адрес подтверждается только аккаунтом: принять может тот, кто создал аккаунт с этим адресом. Есть ли такой аккаунт, здесь не показывается.
invited-title = { $n ->
    [one] { $n } приглашение ждёт ответа
    [few] { $n } приглашения ждут ответа
   *[many] { $n } приглашений ждут ответа
}
invited-until = до { $date }
start-invitations = { $n ->
    [one] Вас ждёт { $n } приглашение.
    [few] Вас ждут { $n } приглашения.
   *[many] Вас ждут { $n } приглашений.
}
start-invitations-do = Посмотреть
school-change-role = Изменить
school-make-owner = Сделать владельцем
school-make-tutor = Сделать преподавателем
school-send-away = Исключить
school-fault-email-teaches = Человек с этим адресом уже преподаёт в школе
school-fault-email-too-many = Ответа ждут уже 100 приглашений преподавателей. Сначала отзовите одно из них
school-fault-role-unknown = Выберите роль: владелец или преподаватель
group-remove = Исключить
group-rename = Переименовать группу
group-name = Название группы
group-roster = Пригласить учеников по списку

roster-title = Пригласить учеников по списку
roster-lead = Вставьте список учеников или выберите файл. Прежде чем что-то произойдёт, вы увидите, что будет с каждой строкой.
roster-account = Synaq не отправляет писем: каждое приглашение 30 дней ждёт того, кто войдёт с этим адресом. Скажите ученикам, чтобы они вошли или создали аккаунт с адресом из списка.
roster-text = Список
roster-text-hint = По одному ученику в строке: имя, адрес. Между ними запятая, точка с запятой или табуляция, с заголовком вроде «name,email» или без него. Не больше 1000 строк.
roster-file = Или файл
roster-file-hint = CSV из таблицы, до 256 КБ. Если файл выбран, учитывается он, а не текст выше.
roster-check = Проверить список
roster-preview = Что произойдёт
roster-mend = Изменить список
roster-line = Строка
roster-line-n = Строка { $n }
roster-what = Что будет
roster-new = { $n ->
    [one] Все строки верны. Будет приглашён { $n } ученик.
    [few] Все строки верны. Будут приглашены { $n } ученика.
   *[many] Все строки верны. Будут приглашены { $n } учеников.
}
roster-nothing-new = Все строки верны, но новых людей нет: все из списка уже в группе или приглашены.
roster-import = { $n ->
    [one] Пригласить { $n } ученика
    [few] Пригласить { $n } учеников
   *[many] Пригласить { $n } учеников
}
roster-wrong = { $n ->
    [one] { $n } строка с ошибкой
    [few] { $n } строки с ошибками
   *[many] { $n } строк с ошибками
}
roster-nothing-imported = Никто не приглашён. Исправьте список ниже и проверьте его снова.
roster-fate-invite = будет приглашён
roster-fate-in-group = уже в группе
roster-fate-invited = уже приглашён
roster-fate-teaches = преподаёт в школе
roster-fate-twice = тот же адрес, что в строке { $n }
roster-row-no-address = нет адреса
roster-row-not-an-address = адрес не похож на name@example.kz
roster-row-name-too-long = имя длиннее 100 знаков
roster-row-name-control = имя занимает не одну строку
school-fault-roster-empty = Список пуст. Вставьте его или выберите файл
school-fault-roster-too-large = Список больше 256 КБ. Загрузите его по частям
school-fault-roster-too-many = В списке больше 1000 строк. Загрузите его по частям
school-fault-roster-not-text = Файл не читается как текст. Сохраните его из таблицы как «CSV UTF-8»
school-fault-roster-crowded = Ответа ждут уже 5000 приглашений в эту группу. Сначала отзовите часть из них
