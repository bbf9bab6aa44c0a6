sourced-ref = Источник { $n }
sourced-no-longer = Больше не действует:
sourced-since = Действует с

pathway-title = Ваш путь к виду на жительство
pathway-lead = Какая процедура ваша, нужен ли вам экзамен по казахскому и к какому дню готовить каждый документ. У каждого значения указан источник.
pathway-not-advice = Это не юридическая консультация. Уточните там, куда подаёте документы.
pathway-contents = На этой странице
pathway-procedure = Какая процедура ваша
pathway-stages = Этапы и сроки
pathway-documents = Документы
pathway-refusal = После отказа
pathway-retakes = Пересдача экзамена
pathway-funds = Сколько нужно денег
pathway-disputes = В чём источники расходятся
pathway-routes = Другие разрешения и прежние правила
pathway-export = Взять даты с собой
pathway-sources = Источники

pathway-verdict-test = Вам нужен экзамен по казахскому
pathway-verdict-no-test = Экзамен по казахскому вам не нужен
pathway-verdict-default = Если ничего из перечисленного ниже к вам не относится, ваша процедура: { $procedure }.
pathway-verdict-procedure = По вашим отметкам ваша процедура: { $procedure }.
pathway-verdict-other = Вам доступна и другая: { $procedure }.
pathway-test-needed = КАЗТЕСТ нужен.
pathway-test-not-needed = КАЗТЕСТ не нужен.
pathway-certificate-needed = Сертификат балльной оценки нужен.
pathway-certificate-not-needed = Сертификат балльной оценки не нужен.
pathway-region-accepts = { $region }: в пилотном проекте заявления здесь принимают.
pathway-region-refuses = { $region }: в пилотном проекте заявления здесь не принимают.
pathway-pilot-over = Пилотный проект закончился { $date }. Эти правила могут больше не действовать, ищите новый приказ.
pathway-coming = Ваши ближайшие даты
pathway-questions = Отметьте, что к вам относится
pathway-questions-hint = Если ничего, не отмечайте: ваша процедура – общая.
pathway-region = Где вы будете подавать
pathway-region-any = Не выбрано
pathway-show-verdict = Показать мою процедуру
pathway-regions-accept = Заявления принимают: { $names }.
pathway-regions-refuse = Не участвуют: { $names }.
pathway-yours = ваша
pathway-visas = Визы

pathway-span-result = Результат в течение { $n ->
    [one] { $n } рабочего дня
   *[other] { $n } рабочих дней
}.
pathway-span-review = Проверка в течение { $n ->
    [one] { $n } рабочего дня
   *[other] { $n } рабочих дней
}.
pathway-span-notification = Уведомление действует { $n ->
    [one] { $n } месяц
    [few] { $n } месяца
   *[many] { $n } месяцев
}. Подайте документы за это время.
pathway-span-decision = Решение в течение { $n ->
    [one] { $n } календарного дня
   *[other] { $n } календарных дней
} со дня регистрации.
pathway-timeline = Посчитайте свои даты
pathway-field-test = День экзамена
pathway-field-questionnaire = День отправки анкеты
pathway-field-notification = День уведомления
pathway-field-submission = День подачи документов
pathway-show-timeline = Посчитать
pathway-earliest = (взято как самое раннее)
pathway-step-test = Экзамен
pathway-step-result-by = Результат экзамена не позднее
pathway-step-questionnaire = Анкета
pathway-step-review-by = Проверка анкеты не позднее
pathway-step-notification = Уведомление
pathway-step-submission = Подача документов
pathway-step-decision-by = Решение не позднее
pathway-step-notification-ends = Последний день уведомления
pathway-step-test-ends = Последний день сертификата экзамена
pathway-flag-after-pilot = После окончания пилотного проекта: что будет действовать, не опубликовано.
pathway-flag-after-test = К этому дню сертификат экзамена уже истечёт.
pathway-flag-after-notification = К этому дню уведомление уже истечёт.
pathway-flag-too-soon = Это раньше того, что должно быть до этого.
pathway-flag-tight = Предыдущий шаг к этому дню может быть не закончен.
pathway-flag-day-off = Это выходной день.
pathway-doubt-year = Не точно: праздники { $year } года неизвестны, не считаются только выходные.
pathway-doubt-day = Не точно: дата праздника { $day } в { $year } году неизвестна, может добавиться день.
pathway-days-off = Нерабочие дни, которые не считаются
pathway-day-moved = перенос с { $date }

pathway-documents-planned = Даты посчитаны ко дню подачи документов. Если документ уже есть, укажите его дату: увидите, будет ли он ещё действовать.
pathway-documents-unplanned = Чтобы увидеть первый и последний день для каждого документа, укажите:
pathway-document-issued = { $document }: дата выдачи, если есть
pathway-document-ends = { $document }: последний день срока, если есть
pathway-valid = Срок действия
pathway-valid-days = { $n ->
    [one] { $n } календарный день
    [few] { $n } календарных дня
   *[many] { $n } календарных дней
}
pathway-valid-months = { $n ->
    [one] { $n } месяц
    [few] { $n } месяца
   *[many] { $n } месяцев
}
pathway-valid-runs = срок не менее { $n ->
    [one] { $n } месяца
   *[other] { $n } месяцев
}
pathway-valid-none = не указан
pathway-earliest-day = Не раньше
pathway-latest-day = Не позднее
pathway-runs-until = Должен действовать до
pathway-expires = Ваш действует до
pathway-document-excused = Для вашей процедуры не нужен.
pathway-state-any-time = в любой день до подачи
pathway-state-too-early = сейчас слишком рано
pathway-state-obtain-now = можно получать
pathway-state-submission-past = день прошёл
pathway-state-valid = будет действовать
pathway-state-will-have-expired = к подаче истечёт
pathway-state-after-submission = позже дня подачи
pathway-state-must-run = проверьте срок
pathway-state-ends-too-early = срок слишком мал
pathway-show-documents = Проверить мои документы

pathway-refusal-lead = Речь об отказе по анкете, например из-за нехватки баллов. Укажите каждое заявление, по которому отказали, начиная с первого, и увидите, когда можно подать следующее.
pathway-round-1 = Первое заявление
pathway-round-2 = Второе заявление
pathway-round-3 = Третье заявление
pathway-round-4 = Четвёртое заявление
pathway-field-submitted = День подачи
pathway-field-refused = День отказа
pathway-show-refusal = Показать следующие даты
pathway-early = Одно из заявлений подано раньше срока. Следующая дата всё равно посчитана.
pathway-opens = Можно с
pathway-not-before = Если и на него откажут, не раньше
pathway-needs-submission = Укажите день подачи последнего заявления.
pathway-other-reading = При другом прочтении, от первого отказа:
pathway-after-refusal = Через { $n ->
    [one] { $n } месяц после отказа
    [few] { $n } месяца после отказа
   *[many] { $n } месяцев после отказа
}
pathway-after-submission = Не раньше чем через { $n ->
    [one] { $n } месяц
    [few] { $n } месяца
   *[many] { $n } месяцев
} после предыдущей подачи
pathway-resubmission-1 = Первая повторная подача
pathway-resubmission-2 = Вторая повторная подача
pathway-resubmission-3 = Третья повторная подача
pathway-resubmission-later = Каждая следующая

pathway-retake-rule = Первый экзамен и { $n ->
    [one] { $n } пересдача
    [few] { $n } пересдачи
   *[many] { $n } пересдач
} в течение { $days } календарных дней.
pathway-retake-own-left = По вашим пробным экзаменам здесь: сейчас можно начать ещё { $n ->
    [one] { $n }
    [few] { $n }
   *[many] { $n }
}.
pathway-retake-own-next = По вашим пробным экзаменам здесь: следующий возможен с { $date }.
pathway-retake-lead = Если вы уже сдавали настоящий экзамен, укажите дни.
pathway-taken-1 = Первый экзамен
pathway-taken-2 = Второй экзамен
pathway-taken-3 = Третий экзамен
pathway-taken-4 = Четвёртый экзамен
pathway-show-retakes = Показать, когда можно снова
pathway-retake-left = По указанным дням сейчас можно сдать ещё { $n ->
    [one] { $n } экзамен
    [few] { $n } экзамена
   *[many] { $n } экзаменов
}.
pathway-retake-next = По указанным дням следующий экзамен возможен с { $date }.

pathway-funds-sum = Не менее
pathway-funds-rule = Правило
pathway-funds-mci = { $n } МРП (месячных расчётных показателей)
pathway-funds-tenge = { $sum } тенге
pathway-funds-one = Один МРП
pathway-funds-value = { $sum } тенге в { $year } году
pathway-funds-rounded = Другой источник пишет
pathway-disputes-lead = Здесь обе версии и кто их приводит. Не нам решать, какая верна.
pathway-ours = Что делает Synaq:
pathway-routes-lead = Их часто путают с видом на жительство, о котором эта страница.
pathway-superseded = больше не действуют
pathway-export-lead = В файле даты вашего плана. Его откроет календарь телефона или компьютера.
pathway-export-do = Скачать для календаря
pathway-export-none = Укажите выше день из сроков или день отказа, и даты можно будет скачать здесь.
pathway-print = Страница печатается как список для проверки: используйте печать браузера.
pathway-sources-lead = Опубликовано: это говорит открытый источник. Предположение: открытого источника нет, это наше прочтение.

pathway-event-earliest = Не раньше: { $document }
pathway-event-expires = Последний день: { $document }
pathway-event-opens = Можно подавать: { $what }
pathway-event-entered = Указано вами.
pathway-fault-day = Это не дата. Напишите день, месяц и год через точку или выберите в календаре.
pathway-fault-refusal-missing = Укажите и день отказа.
pathway-fault-round-missing = Сначала укажите предыдущее заявление.
pathway-fault-refused-before-submitted = Это позже отказа. Проверьте оба дня.
pathway-fault-round-order = Это раньше предыдущего отказа. Проверьте порядок.
problem-no-pathway = На этом сервере нет данных о виде на жительство
problem-no-pathway-text = В его данных нет таблицы процедуры или календаря. Сообщите тому, кто ведёт сервер. Экзамены и тренировка работают как обычно.
