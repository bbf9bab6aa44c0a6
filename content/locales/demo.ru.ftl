demo-banner = Демонстрация: все люди и все данные здесь вымышлены
demo-accounts = Учётные записи демонстрации
demo-accounts-text = Войдите под любой из них. Пароль у всех один:
demo-role-owner = Владелец
demo-role-tutor = Преподаватель
demo-role-learner = Ученик
demo-learners = Все ученики
