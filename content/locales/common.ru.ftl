skip = Перейти к содержанию
nav-main = Главное меню
nav-mock = Экзамен
nav-practice = Тренировка
nav-history = История
nav-points = Баллы
nav-pathway = ВНЖ
nav-strip = Язык и настройки
sign-in = Войти
sign-out = Выйти
sign-up = Создать аккаунт
settings = Настройки
save = Сохранить
saved = Сохранено.
error-prefix = Ошибка:
errors-title = Нужно исправить
foot-independent = Synaq не связан с Национальным центром тестирования. Все тексты и вопросы здесь наши собственные. Ничто на этих страницах не является юридической консультацией.
foot-about = О проекте и источники правил
independent = Synaq не связан с Национальным центром тестирования.
not-a-certificate = Результат здесь не является сертификатом. Он показывает, на каком вы уровне.

section-listening = Аудирование
section-reading = Чтение
basis-published = опубликовано
basis-assumed = предположение
table-rule = Правило
table-value = Значение
table-basis = Надёжность
table-source = Источник
minutes = { $n ->
    [one] { $n } минута
    [few] { $n } минуты
   *[many] { $n } минут
}
months = { $n ->
    [one] { $n } месяц
    [few] { $n } месяца
   *[many] { $n } месяцев
}
business-days = { $n ->
    [one] { $n } рабочего дня
   *[other] { $n } рабочих дней
}
from-percent = от { $n } % верных ответов
percent-each = { $n } % в каждой части

start-page-title = Пробный экзамен по казахскому языку для вида на жительство
start-title = Пройдите полный пробный КАЗТЕСТ
start-lead = КАЗТЕСТ – экзамен по казахскому языку для вида на жительство в Казахстане. Здесь вы сдаёте его так, как он пройдёт на самом деле: те же части, то же время.
start-in-progress = Ваш пробный экзамен идёт, время отсчитывается.
start-continue = Продолжить экзамен
start-limit = Следующий пробный экзамен возможен с { $date }.
start-limit-why = Правило допускает первую попытку и { $n ->
    [one] { $n } пересдачу
    [few] { $n } пересдачи
   *[many] { $n } пересдач
} в течение { $days ->
    [one] { $days } дня
   *[other] { $days } дней
}, и мы его соблюдаем. Тренироваться можно сколько угодно.
start-practise = Тренироваться
start-take = Начать пробный экзамен
start-left = Вы можете начать ещё { $n ->
    [one] { $n } пробный экзамен
    [few] { $n } пробных экзамена
   *[many] { $n } пробных экзаменов
} в течение { $days ->
    [one] { $days } дня
   *[other] { $days } дней
}. Попытка засчитывается только с началом первой части.
start-no-account = Аккаунт не нужен. С аккаунтом результаты будут доступны на всех ваших устройствах.
start-what = Из чего состоит экзамен
figure-items = { $n ->
    [one] вопрос
    [few] вопроса
   *[many] вопросов
}
figure-minutes = { $n ->
    [one] минута
    [few] минуты
   *[many] минут
}
figure-recordings = { $n ->
    [one] запись
    [few] записи
   *[many] записей
}
figure-texts = { $n ->
    [one] текст
    [few] текста
   *[many] текстов
}
start-plays = { $n ->
    [one] Каждую запись можно прослушать { $n } раз.
    [few] Каждую запись можно прослушать { $n } раза.
   *[many] Каждую запись можно прослушать { $n } раз.
}
start-texts = Вопросы о содержании каждого текста, о словах и грамматике.
start-pass = Что нужно, чтобы сдать
start-rule = Какой уровень от вас требуют
start-rule-hint = Большинство источников называют A1. Один источник сообщает о B1 с апреля 2026 года. Уточните там, куда подаёте документы.
start-show-rule = Показать это правило
start-rules-table = Все значения этого правила и их источники
start-points = Хватит ли вам баллов?
start-points-text = Для вида на жительство, кроме экзамена, нужны баллы: за возраст, образование, языки и работу.
start-points-do = Посчитать баллы

rule-required = Проходной уровень
rule-from = Действует с
rule-until = Действует до
rule-each = Где нужен этот уровень
rule-each-value = в каждой части отдельно
rule-items = вопросы
rule-time = время
rule-plays = прослушивания записи
rule-recordings = записи
rule-texts = тексты
rule-break = Самый долгий перерыв между частями
rule-band = Уровень { $level } в одной части
rule-retakes = Пересдача
rule-retakes-value = { $n ->
    [one] { $n } раз
    [few] { $n } раза
   *[many] { $n } раз
} в течение { $days ->
    [one] { $days } календарного дня
   *[other] { $days } календарных дней
}
rule-zone = Дни считаются по часовому поясу
rule-result = Результат настоящего теста в течение
rule-certificate = Сертификат действует
rule-points = Баллы за уровень { $level }

about-title = О Synaq и источниках правил
about-lead = Правила экзамена меняются. Мы храним каждую версию с датой и показываем, откуда взято каждое значение.
about-basis = Что значат «опубликовано» и «предположение»
about-published = Это сказано в открытом источнике. Источник указан рядом.
about-assumed = Ни один открытый источник об этом не говорит. Это наш выбор, на настоящем экзамене может быть иначе.
about-content = Откуда взяты тексты
about-content-text = Все тексты, записи и вопросы написаны для Synaq. Голоса в записях синтезированы. Это не официальные задания.

sign-in-wrong = Неверная почта или пароль. Проверьте и попробуйте ещё раз.
sign-in-none = Ещё нет аккаунта?
go-on-as-guest = Продолжить как гость
sign-up-guest = Экзамены из этого браузера перейдут в аккаунт.
sign-up-why = С аккаунтом результаты будут доступны на всех ваших устройствах.
sign-up-do = Создать аккаунт
sign-up-have = Уже есть аккаунт?
field-name = Ваше имя
field-name-hint = Так оно будет стоять в результатах.
field-email = Электронная почта
field-email-hint = Она нужна для входа. Мы ничего на неё не присылаем.
field-password = Пароль
field-password-hint = Не меньше 10 знаков. Хорошо подойдут три слова, которые вы запомните.
fault-name-missing = Напишите ваше имя
fault-name-too-long = Имя должно быть не длиннее 100 знаков
fault-email-missing = Напишите адрес почты
fault-email-not-an-address = Напишите адрес почты, например name@example.kz
fault-email-refused = С этим адресом нельзя создать аккаунт. Если аккаунт у вас есть, войдите
fault-password-too-short = В пароле должно быть не меньше 10 знаков
fault-password-too-long = Пароль слишком длинный

settings-title = Настройки вида
settings-lead = Они действуют в этом браузере, в том числе на экзамене.
settings-language = Язык сайта
settings-language-hint = Сам экзамен всегда на казахском.
settings-theme = Цвета
settings-size = Размер текста
settings-font = Шрифт
choice-auto = Как на устройстве
choice-light = Светлые
choice-dark = Тёмные
choice-normal = Обычный
choice-large = Крупный
choice-largest = Самый крупный
choice-system = Как на устройстве
choice-dyslexia = Легче различать буквы: больше промежутков и OpenDyslexic, если он есть на устройстве

error-start = На главную страницу
error-practise = Перейти к тренировке
error-continue = Продолжить тот экзамен
error-history = Посмотреть свои экзамены
problem-no-page = Такой страницы нет
problem-no-page-text = Возможно, в адресе опечатка или страница переехала.
problem-not-found = Такого экзамена нет
problem-not-found-text = Возможно, он принадлежит другому аккаунту. Войдите в тот аккаунт, под которым вы его сдавали.
problem-csrf = Страница была открыта слишком долго
problem-csrf-text = Ничего не изменилось. Вернитесь, обновите страницу и попробуйте ещё раз.
problem-malformed = Форму не удалось прочитать
problem-malformed-text = Ничего не изменилось. Вернитесь и попробуйте ещё раз.
problem-too-large = Отправлено слишком много
problem-too-large-text = Ничего не изменилось. Вернитесь и отправьте меньше.
problem-too-many-requests = Слишком много попыток
problem-too-many-requests-text = Подождите минуту и попробуйте ещё раз. Ничего не потеряно.
problem-retake-limit = Следующий пробный экзамен возможен с { $date }
problem-retake-limit-text = Правило допускает первую попытку и ограниченное число пересдач в течение месяца, и мы его соблюдаем. Следующий экзамен можно начать с { $date }. Тренировка открыта всегда.
problem-too-many-responses = В этом экзамене сохранено столько ответов, сколько возможно
problem-too-many-responses-text = В нём сохранены тысячи ответов, больше не принимается. Всё сохранённое остаётся, экзамен можно завершить.
problem-kept-back = Ответы к этому тексту пока закрыты
problem-kept-back-text = Он есть в вашем пробном экзамене, который ещё не закончен, или в задании, ответы к которому школа покажет позже. Ничего не потеряно.
problem-attempt-in-progress = Экзамен уже идёт
problem-attempt-in-progress-text = Одновременно может идти только один пробный экзамен, и его время отсчитывается. Ничего не потеряно, новая попытка не засчитана.
problem-section-closed = Эта часть закончена
problem-section-closed-text = Время вышло или часть завершена. Все сохранённые ответы засчитываются.
problem-wrong-state = Сейчас это невозможно
problem-wrong-state-text = Экзамен продвинулся дальше, чем эта страница. Ничего не потеряно.
problem-section-order = Сначала другая часть
problem-section-order-text = Части сдаются по порядку. Ничего не потеряно.
problem-no-such-section = В этом экзамене нет такой части
problem-no-such-section-text = Возможно, в адресе опечатка.
problem-no-such-item = В этом экзамене нет такого вопроса
problem-no-such-item-text = Ничего не изменилось. Обновите страницу экзамена.
problem-no-such-recording = В этом экзамене нет такой записи
problem-no-such-recording-text = Ничего не изменилось. Обновите страницу экзамена.
problem-page-superseded = Этот экзамен открыт на другой странице
problem-page-superseded-text = Чтобы ответы не перепутались, сохраняет только страница, открытая последней. Откройте экзамен здесь, чтобы продолжить здесь.
problem-plays-used = Прослушиваний этой записи не осталось
problem-plays-used-text = Она прозвучала столько раз, сколько допускает правило. На вопросы всё ещё можно отвечать.
problem-not-finished = Результата пока нет
problem-not-finished-text = Он появится, когда экзамен закончится.
problem-not-a-mock = Языковой результат даёт только пробный экзамен
problem-not-a-mock-text = Тренировка не засчитывается.
problem-no-such-profile = Такого профиля нет
problem-no-such-profile-text = Возможно, он удалён или принадлежит другому аккаунту.
problem-too-many-profiles = Больше профилей сохранить нельзя
problem-too-many-profiles-text = Удалите один из ненужных и сохраните снова.
problem-unknown-rule = Такого набора правил нет
problem-unknown-rule-text = Возможно, его удалили. Выберите другой на главной странице.
problem-bank-too-small = Из имеющихся заданий такой экзамен не собрать
problem-bank-too-small-text = Выберите другой набор правил или сообщите тому, кто ведёт этот сервер.
problem-nothing-fits = Под этот выбор ничего не подходит
problem-nothing-fits-text = Выберите другой уровень, тему или умение.
problem-invalid = Такое значение невозможно
problem-invalid-text = Вернитесь и выберите снова. Ничего не изменилось.
problem-account-refused = С этим адресом нельзя создать аккаунт
problem-account-refused-text = Если аккаунт у вас есть, войдите.
problem-wrong-credentials = Неверная почта или пароль
problem-wrong-credentials-text = Проверьте и попробуйте ещё раз.
problem-no-points-table = Таблицы баллов нет
problem-no-points-table-text = На этом сервере сегодня не действуют никакие правила оценки. Сообщите тому, кто ведёт сервер.
problem-busy = Сервер занят
problem-busy-text = Попробуйте через минуту. Всё сохранённое в безопасности.
problem-store-unavailable = Сервер не может обратиться к данным
problem-store-unavailable-text = Попробуйте через минуту. Всё сохранённое в безопасности.
problem-storage-full = На сервере нет места для сохранения
problem-storage-full-text = Всё сохранённое в безопасности. Сообщите тому, кто отвечает за сервер, и попробуйте через минуту.
