demo-banner = Demonstration: everybody and everything here is invented
demo-accounts = Accounts of the demonstration
demo-accounts-text = Sign in as any of them. All have the same password:
demo-role-owner = Owner
demo-role-tutor = Tutor
demo-role-learner = Learner
demo-learners = All learners
