problem-result-not-yet = Результата ещё нет
problem-result-not-yet-text = Школа показывает его так же поздно, как на настоящем экзамене. На странице попытки сказано когда.

assignment-tab-settings = Настройки

practice-stem = Вид вопроса
practice-any-stem = Любой вид
practice-fault-stem = Выберите вид вопроса из списка
practice-fault-minutes = Напишите число минут от 1 до 240 или оставьте пустым
practice-fault-testlets = Слишком много. Выберите меньше
stem-agrees = Что соответствует тексту
stem-disagrees = Что не соответствует тексту
stem-not-answered = На какой вопрос нет ответа в тексте
stem-main-idea = Главная мысль
stem-topic = Тема
stem-speaker = Кто говорит
stem-emotion = Чувство говорящего
stem-title = Подходящее название
stem-proverb = Подходящая пословица
stem-order = Порядок событий
stem-complete = Закончить предложение
stem-detail = Подробность
stem-inference = Что следует из текста
stem-synonym = Слово с тем же значением
stem-antonym = Слово с противоположным значением
stem-suffix = Суффикс
stem-conditional = Условие
stem-causal = Причина
stem-phrase = Словосочетание
stem-word-form = Форма слова

give-testlets = Тексты или записи
give-testlets-hint = Если выбрать их самим, все ученики получат одно и то же, со всеми вопросами. Иначе каждый получит своё по уровню и числу, указанным ниже.
give-pick = Выбрать тексты или записи
give-pick-others = Выбрать другие
give-questions = { $n ->
    [one] { $n } вопрос
    [few] { $n } вопроса
   *[other] { $n } вопросов
}
give-minutes = Ограничение времени в минутах
give-minutes-hint = От 1 до 240. Оставьте пустым, если времени не ограничивать.
give-results = Результат
give-results-hint = До этого ученики видят только дату. Вы видите результат сразу и можете показать его раньше.
give-results-at-once = Сразу
give-results-at-once-hint = Как только ученик закончит.
give-results-working-days-3 = Через 3 рабочих дня
give-results-working-days-3-hint = Как на настоящем экзамене: в конце третьего рабочего дня.
give-feedback-set-at-once = Сразу
give-feedback-set-at-once-hint = После каждого вопроса.
give-feedback-set-after-due = После последнего дня
give-feedback-set-after-due-hint = До этого ученики не видят ни ответов, ни объяснений.
give-feedback-set-released = Когда покажет преподаватель
give-feedback-set-released-hint = До этого ученики не видят ни ответов, ни объяснений.
give-preview = Посмотреть заранее

preview-title = Что получит ученик
preview-about = примерно { $n } мин
preview-minutes = { $n } мин
preview-sample = Это пример: каждый ученик получит другие тексты и вопросы такого же вида.
preview-same = Это получат все ученики.
preview-nothing-kept = Пока ничего не выдано.

pick-title = Выбрать тексты или записи
pick-text = Отметьте, что войдёт в набор. В каком порядке отмечаете, в таком они и пойдут. Отметки сохраняются, когда вы меняете фильтр.
pick-any-level = Любой уровень
pick-filter = Показать
pick-none = В банке нет ничего подходящего под этот фильтр.
pick-testlet = Название
pick-questions = Вопросы
pick-picked = Выбрано: { $n }, вопросов в них: { $items }. В наборе бывает не больше 40 вопросов одного раздела.
pick-use = Взять выбранное

edit-title = Изменить
edit-text = Кто уже начал, сохраняет свою попытку, её срок и результат.
edit-started = Кто-то уже начал, поэтому само задание и то, идёт ли оно в счёт, изменить уже нельзя.
edit-do = Сохранить изменения
edit-saved = Сохранено.

exceptions-title = Исключения для одного ученика
exceptions-text = Более поздний последний день или больше попыток для одного ученика. Он увидит это на своей странице.
exceptions-choose = Выберите ученика
exceptions-until = Последний день для этого ученика
exceptions-until-hint = Позже последнего дня группы. Оставьте пустым, чтобы его не менять.
exceptions-extra = Дополнительные попытки
exceptions-extra-hint = Сколько сверх попыток группы, от 0 до 10.
exceptions-do = Разрешить
exceptions-take-back = Отменить

school-fault-testlets-unfit = Одного из выбранных текстов или записей уже нет в банке, или в нём нет вопросов такого вида. Выберите заново
school-fault-testlets-too-many = В выбранных текстах или записях больше 40 вопросов. Выберите меньше
school-fault-testlets-held = Ответы к одному из выбранных текстов или записей этой группе пока не показаны. Выберите другие или показывайте ответы позже
school-fault-results-unknown = Выберите, когда показывать результат
school-fault-opens-open = Задание уже открыто, поэтому первый день изменить нельзя
school-fault-attempts-fewer = Кто-то уже сделал больше попыток
school-fault-work-started = За это время кто-то начал, поэтому это изменить уже нельзя. Остальное осталось, как вы написали
school-fault-work-other-kind = Экзамен не может стать набором, а набор экзаменом
school-fault-learner-missing = Выберите ученика
school-fault-until-no-date = Напишите последний день, например 2026-11-30, или оставьте пустым
school-fault-until-past = Этот день уже прошёл. Выберите сегодняшний или более поздний
school-fault-until-not-later = Выберите день позже последнего дня группы
school-fault-until-too-far = Последний день должен быть не позже чем через год
school-fault-extra-out-of-range = Напишите число от 0 до 10

own-exception = Для вас
own-exception-text = Преподаватель разрешил вам другие условия; даты и числа здесь ваши.
own-minutes = Ограничение времени
own-minutes-value = { $n } мин, время пойдёт вместе с набором
own-minutes-none = нет

result-not-yet-title = Результат будет позже
result-not-yet-text = Школа показывает его как на настоящем экзамене, в конце третьего рабочего дня. Вы увидите его здесь с:
result-not-yet-doubt = Не все выходные дни за это время известны, поэтому на настоящем экзамене могло бы быть дольше.
result-not-yet-done = Ваши ответы сохранены. Больше ничего делать не нужно.
result-withheld = Пропущено текстов или записей: { $n }. Ответы к ним школа покажет позже.
result-time-up = Время вышло; засчитано то, что вы успели ответить.
history-not-yet = результат с { $date }

practice-kept = Ваш ответ сохранён. Правильный ответ школа покажет позже.
practice-later-note = Правильные ответы школа покажет позже. Пока вы не закончили, ответы можно менять.
practice-time-up = Время вышло. Ваши ответы сдаются.
practice-time-note = Время считает сервер. Что не отправлено до его конца, не засчитывается, поэтому проверяйте ответы вовремя.

terms-counts = идёт в счёт попыток
terms-training = тренировка, не идёт в счёт
terms-result-working-days-3 = результат через 3 рабочих дня
terms-answers-at-once = ответы сразу
terms-answers-after-due = ответы после последнего дня
terms-answers-released = ответы, когда покажет преподаватель
prep-given-later = Сразу, с вашим баллом за каждую часть. Правильные ответы школа покажет позже.
prep-given-delayed = В конце третьего рабочего дня, как на настоящем экзамене. До этого вы видите только дату.
own-result-from = результат с { $date }
assignment-testlets = тексты или записи по выбору преподавателя: { $n }

shown-title = Какая попытка
shown-last = Последняя попытка
shown-best = Лучшая попытка
shown-first = Первая попытка
edit-release-results = Результат, который должен был прийти позже, тоже будет показан сразу.
