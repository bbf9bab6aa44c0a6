problem-not-timed = Здесь время не ограничено
problem-not-timed-text = Добавить время нельзя. Ничего не изменилось.
