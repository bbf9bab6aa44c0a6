-- Who of a group an assignment is for. No row: the whole group, also whoever joins it later.
create table assignment_learners (
    assignment_id text not null references assignments (id),
    learner_id text not null references learners (id),
    primary key (assignment_id, learner_id)
);
create index assignment_learners_by_learner on assignment_learners (learner_id);
