problem-not-timed = Мұнда уақыт шектелмеген
problem-not-timed-text = Уақыт қосу мүмкін емес. Ештеңе өзгерген жоқ.
