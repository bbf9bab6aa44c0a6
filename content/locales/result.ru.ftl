result-kind-mock = Пробный экзамен
result-kind-practice = Тренировка
result-sections = Две части
result-passed = Сдано: уровень { $level }
result-passed-text = Требовался уровень { $level }, он достигнут в обеих частях. Уровень экзамена – это уровень более слабой части.
result-failed = Не сдано: уровень { $level }
result-failed-below = Не сдано: ниже { $level }
result-failed-text = В каждой части требовался уровень { $level }.
result-missing-listening = { $n ->
    [one] В аудировании не хватило { $n } верного ответа.
   *[other] В аудировании не хватило { $n } верных ответов.
}
result-missing-reading = { $n ->
    [one] В чтении не хватило { $n } верного ответа.
   *[other] В чтении не хватило { $n } верных ответов.
}
result-practice = Верно: { $n } из { $of }
result-practice-text = Тренировка не засчитывается. Она нужна, чтобы учиться: ниже объяснён каждый вопрос.
result-section-passed = { $level } достигнут
result-section-failed = { $level } не достигнут
result-of = { $n } из { $of }
result-level = уровень { $level }
result-below = ниже { $level }
result-bar = Верно { $n } %, нужно { $needed } %
result-needed = нужно { $n } %
result-needed-of = Нужно: { $n } из { $of }.
result-exactly = У вас ровно столько.
result-more = У вас на { $n } больше.
result-short = Вам не хватило { $n }.
result-took = Затрачено времени: { $time }.
result-time-ran-out = Время вышло.
result-practise = Потренировать то, где были ошибки
result-practise-more = Тренироваться
result-history = Все мои экзамены
result-rule = Требуется уровень { $level }: { $n } % верных ответов в каждой части.
result-rule-all = Все значения правила
result-points-title = Что даёт этот уровень
result-points-level = Уровень { $level } по казахскому языку даёт
result-points = { $n } из { $of ->
    [one] { $of } балла
   *[other] { $of } баллов
}
result-points-none = Баллы за казахский язык начисляются с уровня A1.
result-points-more = Сколько это в общей сумме: калькулятор баллов
result-valid-until = Сертификат с этой датой действовал бы до { $date }.
result-skills = Над чем работать
result-skill = Навык
result-right = Верно
result-share = Доля
result-skills-hint = Выберите навык, чтобы потренировать его – с того уровня, где начались ошибки.
result-items = Все вопросы
result-filter = Какие вопросы показать
result-filter-all = Все ({ $n })
result-filter-wrong = Только с ошибками ({ $n })
result-all-right = Все ответы верны.
result-show-text = Прочитать текст
result-show-recording = Прослушать запись и прочитать её текст
result-verdict-right = ✓ верно
result-verdict-wrong = ✗ неверно
result-verdict-none = – нет ответа
result-forgotten = Ответы этой попытки удалены: срок, в течение которого сервер их хранит, прошёл. Результат сохранён.
result-no-feedback = По этому правилу верные ответы не показываются.

history-title = Ваши экзамены
history-empty = Вы ещё не сдавали здесь экзамен. Ваши результаты появятся на этой странице.
history-sign-in = Сдавали под своим аккаунтом?
history-guest = Ваши результаты хранятся только в этом браузере. Создайте аккаунт, и они будут доступны на всех ваших устройствах.
history-chart = Процент верных ответов в каждой части
history-chart-desc = Все значения есть в таблице ниже.
history-needed = нужно { $n }
history-mocks = Пробные экзамены
history-practice = Тренировки
history-date = Дата
history-required = Требовался
history-level = Уровень
history-state = Состояние
history-passed = сдано
history-failed = не сдано
history-finished = завершено
history-ready = не начато
history-running = идёт
history-expired = не начато вовремя
history-voided = аннулировано
history-result = Результат
history-begin = Начать
history-continue = Продолжить
result-held-back = { $n ->
    [one] { $n } текст или запись здесь не показаны: они есть в вашем пробном экзамене, который ещё не закончен. Они вернутся, когда экзамен закончится.
    [few] { $n } текста или записи здесь не показаны: они есть в вашем пробном экзамене, который ещё не закончен. Они вернутся, когда экзамен закончится.
   *[many] { $n } текстов или записей здесь не показаны: они есть в вашем пробном экзамене, который ещё не закончен. Они вернутся, когда экзамен закончится.
}
