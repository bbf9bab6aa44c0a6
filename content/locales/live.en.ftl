problem-not-timed = This has no clock
problem-not-timed-text = No time can be given to it. Nothing was changed.
