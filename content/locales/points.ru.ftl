points-title = Баллы для вида на жительство
points-lead = Посчитайте, сколько у вас баллов, что добавляет казахский и чем можно восполнить недостающее.
points-form-lead = Заполните то, что знаете. Баллы, которые вы ввели сами, важнее расчётных. Ничто из введённого не попадает в адрес страницы и не хранится, пока вы его не сохраните.
points-languages = Языки
points-person = Вы и ваша работа
points-health-and-rules = Здоровье и правила экзамена
points-choose = Выберите
points-or = или баллы, если вы их знаете
points-points = Баллы
points-certificate = Сертификат
points-score = Результат
points-work-out = Посчитать
points-what-if-failed = Нет связи: нажмите кнопку, чтобы посчитать.
points-what-if-stale = Это расчёт до последнего изменения. Проверьте отмеченное поле.

points-criterion-demographic = Возраст
points-criterion-education = Образование
points-criterion-kazakh = Казахский язык
points-criterion-russian = Русский язык
points-criterion-english = Английский язык
points-criterion-kazakhstan-experience = Учёба или работа в Казахстане
points-criterion-foreign-experience = Учёба или работа в других странах
points-criterion-adaptability = Адаптивность навыков
points-criterion-additional = Дополнительные условия
points-hint-kazakh = По уровню, который подтверждает ваш сертификат.
points-hint-russian = Предпочтителен ТРКИ.
points-hint-english = Предпочтительны IELTS и TOEFL.
points-hint-demographic = Чем больше рабочих лет впереди, тем больше баллов.
points-hint-education = Подтверждённое документами.
points-hint-kazakhstan-experience = Годы, подтверждённые документами.
points-hint-foreign-experience = Годы, подтверждённые документами.
points-hint-adaptability = Навыки, образование, языки и опыт работы вместе.
points-hint-additional = Семейные и социальные причины, для старших заявителей. Для расчёта нужен и ваш возраст.
points-hint-health = На него умножается сумма баллов. Его дают по медицинскому заключению. Если здоровье полное, оставьте поле пустым.
points-hint-rule = Большинство источников называет первые правила. Уточните там, куда подаёте документы.
points-health = Здоровье

points-way-best = Мой лучший пробный экзамен
points-way-mock = Другой мой пробный экзамен
points-way-statement = Результат, сохранённый с этим расчётом
points-way-level = Уровень
points-way-certificate = Сертификат
points-way-points = Баллы, которые я знаю
points-way-none = Нет
points-which-mock = Какой пробный экзамен
points-mock-line = { $date }, уровень { $level }, баллов: { $points }
points-mock-none = { $date }, уровень не достигнут
points-mock-expired = Один из ваших пробных экзаменов больше не учитывается: он был действителен до { $date }.

points-field-kazakh = Казахский язык
points-field-kazakh-mock = Казахский язык: пробный экзамен
points-field-kazakh-level = Казахский язык: уровень
points-field-kazakh-points = Казахский язык: баллы
points-field-russian = Русский язык
points-field-russian-level = Русский язык: уровень
points-field-russian-certificate = Русский язык: сертификат
points-field-russian-score = Русский язык: результат
points-field-russian-points = Русский язык: баллы
points-field-english = Английский язык
points-field-english-level = Английский язык: уровень
points-field-english-certificate = Английский язык: сертификат
points-field-english-score = Английский язык: результат
points-field-english-points = Английский язык: баллы
points-field-age = Сколько вам полных лет
points-field-demographic = Баллы за возраст
points-field-degree = Ваша высшая степень образования
points-field-education = Баллы за образование
points-field-years-in-kazakhstan = Сколько лет в Казахстане
points-field-kazakhstan-experience = Баллы за учёбу или работу в Казахстане
points-field-years-elsewhere = Сколько лет в других странах
points-field-foreign-experience = Баллы за учёбу или работу в других странах
points-field-estimate-adaptability = Рассчитать по остальным ответам
points-field-adaptability = Баллы за адаптивность
points-field-relatives = Близкие родственники в Казахстане
points-field-additional = Баллы за дополнительные условия
points-field-health = Коэффициент здоровья
points-field-rule = Правила экзамена по казахскому
points-field-name = Название расчёта

points-fault-missing = Заполните это поле или выберите выше другой ответ
points-fault-choose = Выберите одно из списка
points-fault-mock = Выберите пробный экзамен, который ещё действителен
points-fault-nothing = Напишите свой возраст или заполните другое, что знаете
points-fault-number = Напишите число, например 72 или 72,5
points-fault-digits = Напишите число, в котором меньше знаков после запятой
points-fault-whole = Напишите целое число
points-fault-range = Напишите число от { $min } до { $max }
points-fault-score = Напишите результат этого сертификата: { $expected }
points-fault-age = Напишите свой возраст: от него зависят баллы за родственников
points-fault-no-estimate = Для этого расчёта нет: введите баллы
points-fault-statement = Этот результат использовать уже нельзя: выберите уровень или пробный экзамен

points-verdict-passes = { $total } из { $threshold } баллов: достаточно
points-verdict-if = { $total } из { $threshold } баллов: достаточно, если расчёт верен
points-verdict-missing = { $total } из { $threshold } баллов: не хватает { $missing }
points-standing-passes = { $total } из { $threshold } баллов
points-standing-missing = { $total } из { $threshold }, не хватает { $missing }
points-sure-exact = В этой сумме нет расчётных значений.
points-sure-passes = Если все предположения окажутся наименьшими, сумма будет { $low }, если наибольшими – { $high }: достаточно в любом случае.
points-sure-depends = Если все предположения окажутся наименьшими, сумма будет { $low }, если наибольшими – { $high }: хватит ли, зависит от значений, которые никто не опубликовал.
points-sure-fails = Если все предположения окажутся наименьшими, сумма будет { $low }, если наибольшими – { $high }: недостаточно в любом случае.
points-not-given = { $n ->
    [one] { $n } критерий не заполнен и ничего не добавляет.
    [few] { $n } критерия не заполнены и ничего не добавляют.
   *[many] { $n } критериев не заполнены и ничего не добавляют.
}
points-contents = На этой странице
points-complete = Заполнить остальное
points-threshold = Проходной балл:
points-needed = нужно { $n }
points-stack = Из чего складывается сумма
points-ends = Сумма может быть от { $low } до { $high }.
points-steps = Как получается сумма
points-waterfall = Формула по шагам
points-steps-table = Все критерии и откуда взяты баллы
points-criterion = Критерий
points-possible = Возможно
points-from = Откуда взяты баллы
points-range = 0–{ $max }
points-health-range = от 0 до { $max }
points-health-full = { $n }, потому что другого не указано
points-between = от { $low } до { $high }
points-level = уровень { $level }
points-no-level = уровня, который учитывается, нет
points-years = { $n ->
    [one] { $n } год
    [few] { $n } года
    [many] { $n } лет
   *[other] { $n } года
}
points-by-option = по нашей таблице: { $points }
points-too-young = по нашему чтению возраст мал: { $workings }
points-origin-not-given = не заполнено
points-origin-entered = ввели вы
points-origin-level = по уровню
points-origin-certificate = по сертификату
points-origin-language-score = по пробному экзамену
points-origin-estimate = расчёт
points-sum = Сумма
points-by-health = Из-за коэффициента здоровья
points-after-health = Сумма × здоровье
points-with-additional = Дополнительные условия, полностью
points-total = Итог
points-formula = (возраст + образование + казахский + русский + английский + учёба или работа в Казахстане + учёба или работа в других странах + адаптивность) × здоровье + дополнительные условия
points-rounding = Все суммы точные. Показанное округлено вниз до двух знаков, недостающее – вверх; расчётные баллы округляются вниз до двух знаков до сложения.

points-gap = Чем восполнить недостающее
points-gap-together = Самые короткие пути
points-gap-order = По времени, которое они занимают, шаг за шагом. Сроки – наше предположение.
points-gap-none = Ни одного сочетания шагов не хватит: все вместе дают { $n }.
points-gap-total = тогда баллов: { $n }
points-gap-move = { $criterion }: { $step } (+{ $by })
points-gap-alone = Что-то одно
points-gap-alone-what = Что для этого нужно
points-gap-reaches = баллов: { $to }, то есть на { $by } больше
points-gap-cannot = Так не хватит: сумма будет не больше { $n }
points-gap-step = столько даёт шаг «{ $step }»: { $points }; времени нужно примерно { $time }
points-gap-health = Коэффициент { $n }
points-gap-no-health = Так не хватит, даже при полном здоровье
points-next = Что дадут следующие уровни казахского
points-next-adds = Добавит
points-next-practise = Тренировка
points-practise = Тренировать { $level }
points-enough = достаточно
points-not-enough = недостаточно

points-rule-sets = По каждому набору правил
points-rule-sets-lead = Правила экзамена по казахскому могут измениться. Те же ответы по каждому набору:
points-required = уровень { $level }: { $n } % верных ответов в каждой части
points-rule-needs = Чтобы сдать экзамен
points-rule-level = Ваш уровень по нему
points-rule-level-none = не указан
points-rule-test = Экзамен сдан
points-yes = да
points-no = нет
points-unknown = без уровня неизвестно
points-information = Названо в правилах, но без баллов
points-notice = Это расчёт, а не решение. Решение принимают государственные органы.

points-about = Как считаются баллы
points-about-lead = Проходной балл:
points-pass-from = { $n } или больше
points-about-table = Все критерии и как они рассчитаны здесь
points-how = Как мы рассчитываем
points-how-at = { $n ->
    [one] { $points } баллов за { $n } год
    [few] { $points } баллов за { $n } года
   *[other] { $points } баллов за { $n } лет
}
points-how-at-age = { $n ->
    [one] { $points } баллов в { $n } год
    [few] { $points } баллов в { $n } года
   *[other] { $points } баллов в { $n } лет
}
points-how-line = { $from }, затем равномерно до: { $to }
points-how-shares = такая же доля, какая в среднем набрана за образование, языки и опыт
points-sources = Источники
points-sources-lead = «Опубликовано» значит, что это сказано в открытом источнике; «предположение» – наш собственный выбор, официально может быть иначе.

points-saved = Сохранённые расчёты
points-saved-now = Сохранено.
points-deleted-now = Удалено. От этого расчёта ничего не осталось.
points-save-lead = Сохраните заполненное под своим названием, чтобы вернуться к нему или вести расчёты для нескольких человек.
points-save-visitor = Расчёт хранится для этого браузера, пока вы не создадите аккаунт.
points-save-guest = Ваши расчёты хранятся только для этого браузера.
points-save = Сохранить
points-save-over = Сохранить изменения
points-save-new = Сохранить как новый
points-profile-delete = Удалить
points-profile-delete-sure = От этого расчёта ничего не останется.
points-profile-delete-do = Удалить расчёт
points-fault-name-missing = Напишите название, под которым сохранить
points-fault-name-too-long = Название должно быть не длиннее 80 знаков
points-fault-name-not-a-line = Напишите название в одну строку
points-fault-name-too-many = У вас уже 20 расчётов: сначала удалите один или сохраните изменения в одном из них
