problem-result-not-yet = Нәтиже әлі жоқ
problem-result-not-yet-text = Мектеп оны нағыз сынақтағыдай кешірек көрсетеді. Қашан екені осы әрекеттің бетінде жазылған.

assignment-tab-settings = Баптаулар

practice-stem = Сұрақ түрі
practice-any-stem = Кез келген түрі
practice-fault-stem = Тізімнен сұрақ түрін таңдаңыз
practice-fault-minutes = 1-ден 240-қа дейін минут санын жазыңыз немесе бос қалдырыңыз
practice-fault-testlets = Тым көп. Азырақ таңдаңыз
stem-agrees = Мәтінге не сәйкес келеді
stem-disagrees = Мәтінге не сәйкес келмейді
stem-not-answered = Мәтінде қай сұраққа жауап жоқ
stem-main-idea = Негізгі ой
stem-topic = Тақырып
stem-speaker = Кім сөйлеп тұр
stem-emotion = Сөйлеушінің сезімі
stem-title = Сәйкес атау
stem-proverb = Сәйкес мақал
stem-order = Оқиғалар реті
stem-complete = Сөйлемді аяқтау
stem-detail = Нақты мәлімет
stem-inference = Мәтіннен не шығады
stem-synonym = Мағынасы бірдей сөз
stem-antonym = Мағынасы қарсы сөз
stem-suffix = Жұрнақ
stem-conditional = Шарт
stem-causal = Себеп
stem-phrase = Сөз тіркесі
stem-word-form = Сөз тұлғасы

give-testlets = Мәтіндер немесе жазбалар
give-testlets-hint = Өзіңіз таңдасаңыз, барлық тыңдаушы бірдей мәтіндерді барлық сұрағымен алады. Әйтпесе әр тыңдаушы төмендегі деңгей мен сан бойынша өз сұрақтарын алады.
give-pick = Мәтіндерді немесе жазбаларды таңдау
give-pick-others = Басқаларын таңдау
give-questions = { $n } сұрақ
give-minutes = Уақыт шегі, минутпен
give-minutes-hint = 1-ден 240-қа дейін. Уақыт шектелмесе, бос қалдырыңыз.
give-results = Нәтиже
give-results-hint = Оған дейін тыңдаушылар тек күнін көреді. Сіз нәтижені бірден көресіз және оны ертерек көрсете аласыз.
give-results-at-once = Бірден
give-results-at-once-hint = Тыңдаушы аяқтаған кезде.
give-results-working-days-3 = 3 жұмыс күнінен кейін
give-results-working-days-3-hint = Нағыз сынақтағыдай: үшінші жұмыс күнінің соңында.
give-feedback-set-at-once = Бірден
give-feedback-set-at-once-hint = Әр сұрақтан кейін.
give-feedback-set-after-due = Соңғы күннен кейін
give-feedback-set-after-due-hint = Оған дейін тыңдаушылар жауаптар мен түсіндірмелерді көрмейді.
give-feedback-set-released = Оқытушы көрсеткенде
give-feedback-set-released-hint = Оған дейін тыңдаушылар жауаптар мен түсіндірмелерді көрмейді.
give-preview = Алдын ала қарау

preview-title = Тыңдаушы не алады
preview-about = шамамен { $n } мин
preview-minutes = { $n } мин
preview-sample = Бұл мысал: әр тыңдаушы осындай басқа мәтіндер мен сұрақтар алады.
preview-same = Мұны барлық тыңдаушы алады.
preview-nothing-kept = Әзірге ештеңе берілген жоқ.

pick-title = Мәтіндерді немесе жазбаларды таңдау
pick-text = Жинаққа не кіретінін белгілеңіз. Қай ретпен белгілесеңіз, жинақта сол ретпен тұрады. Сүзгіні өзгерткенде белгілер сақталады.
pick-any-level = Кез келген деңгей
pick-filter = Көрсету
pick-none = Банкте бұл сүзгіге сай ештеңе жоқ.
pick-testlet = Атауы
pick-questions = Сұрақтар
pick-picked = Таңдалғаны: { $n }, ондағы сұрақтар: { $items }. Жинақта бір бөлімнің ең көбі 40 сұрағы болады.
pick-use = Таңдалғанды алу

edit-title = Өзгерту
edit-text = Бастап қойған тыңдаушының әрекеті, мерзімі мен нәтижесі сақталады.
edit-started = Біреу бастап қойған, сондықтан тапсырманың өзін және оның есепке алынатынын енді өзгертуге болмайды.
edit-do = Өзгерістерді сақтау
edit-saved = Сақталды.

exceptions-title = Бір тыңдаушыға арналған ерекшеліктер
exceptions-text = Бір тыңдаушыға кешірек соңғы күн немесе көбірек әрекет. Ол мұны өз бетінде көреді.
exceptions-choose = Тыңдаушыны таңдаңыз
exceptions-until = Осы тыңдаушы үшін соңғы күн
exceptions-until-hint = Топтың соңғы күнінен кейін. Өзгертпесеңіз, бос қалдырыңыз.
exceptions-extra = Қосымша әрекеттер
exceptions-extra-hint = Топтың әрекеттеріне қосымша нешеу, 0-ден 10-ға дейін.
exceptions-do = Рұқсат беру
exceptions-take-back = Қайтарып алу

school-fault-testlets-unfit = Таңдалған мәтіннің немесе жазбаның бірі банкте енді жоқ, не онда мұндай сұрақ жоқ. Қайта таңдаңыз
school-fault-testlets-too-many = Таңдалған мәтіндерде немесе жазбаларда 40-тан көп сұрақ бар. Азырақ таңдаңыз
school-fault-testlets-held = Таңдалған мәтіннің немесе жазбаның бірінің жауаптары бұл топқа әлі көрсетілмеген. Басқасын таңдаңыз немесе жауаптарды кейін көрсетіңіз
school-fault-results-unknown = Нәтиже қашан көрсетілетінін таңдаңыз
school-fault-opens-open = Ол ашылып қойған, сондықтан алғашқы күнін өзгертуге болмайды
school-fault-attempts-fewer = Біреу бұдан көп әрекет жасап қойған
school-fault-work-started = Осы арада біреу бастап қойды, сондықтан мұны енді өзгертуге болмайды. Қалғаны сіз жазғандай
school-fault-work-other-kind = Емтихан жинаққа, жинақ емтиханға айнала алмайды
school-fault-learner-missing = Тыңдаушыны таңдаңыз
school-fault-until-no-date = Соңғы күнді жазыңыз, мысалы 2026-11-30, немесе бос қалдырыңыз
school-fault-until-past = Бұл күн өтіп кетті. Бүгінгі немесе кейінгі күнді таңдаңыз
school-fault-until-not-later = Топтың соңғы күнінен кейінгі күнді таңдаңыз
school-fault-until-too-far = Соңғы күн бір жылдан аспауы керек
school-fault-extra-out-of-range = 0-ден 10-ға дейін сан жазыңыз

own-exception = Сіз үшін
own-exception-text = Оқытушы сізге басқа шарттарға рұқсат берді; мұндағы күндер мен сандар сіздікі.
own-minutes = Уақыт шегі
own-minutes-value = { $n } мин, уақыт жинақпен бірге басталады
own-minutes-none = жоқ

result-not-yet-title = Нәтиже кейін шығады
result-not-yet-text = Мектеп оны нағыз сынақтағыдай үшінші жұмыс күнінің соңында көрсетеді. Ол осы жерде мына уақытта шығады:
result-not-yet-doubt = Осы аралықтағы демалыс күндердің бәрі белгілі емес, сондықтан нағыз сынақта ұзағырақ болуы мүмкін.
result-not-yet-done = Жауаптарыңыз сақталды. Енді ештеңе істеудің керегі жоқ.
result-withheld = Көрсетілмеген мәтіндер немесе жазбалар: { $n }. Олардың жауаптарын мектеп кейін көрсетеді.
result-time-up = Уақыт бітті; сол уақытқа дейін берген жауаптарыңыз есептеледі.
history-not-yet = нәтиже шығатын уақыт: { $date }

practice-kept = Жауабыңыз сақталды. Дұрыс жауапты мектеп кейін көрсетеді.
practice-later-note = Дұрыс жауаптарды мектеп кейін көрсетеді. Аяқтағанша жауаптарды өзгертуге болады.
practice-time-up = Уақыт бітті. Жауаптарыңыз тапсырылып жатыр.
practice-time-note = Уақытты сервер есептейді. Уақыт біткенше жіберілмеген жауап есептелмейді, сондықтан жауаптарыңызды дер кезінде жіберіңіз.

terms-counts = тапсыру шегіне есептеледі
terms-training = жаттығу, есептелмейді
terms-result-working-days-3 = нәтиже 3 жұмыс күнінен кейін
terms-answers-at-once = жауаптар бірден
terms-answers-after-due = жауаптар соңғы күннен кейін
terms-answers-released = жауаптар оқытушы көрсеткенде
prep-given-later = Бірден шығады: әр бөлімдегі нәтижеңізді көресіз. Дұрыс жауаптарды мектеп кейін көрсетеді.
prep-given-delayed = Нағыз сынақтағыдай үшінші жұмыс күнінің соңында шығады. Оған дейін тек күнін көресіз.
own-result-from = нәтиже шығатын уақыт: { $date }
assignment-testlets = оқытушы таңдаған мәтіндер немесе жазбалар: { $n }

shown-title = Қай әрекет
shown-last = Соңғы әрекет
shown-best = Ең жақсы әрекет
shown-first = Бірінші әрекет
edit-release-results = Кейін шығуға тиіс нәтиже де қазір көрсетіледі.
