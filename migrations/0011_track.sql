-- How the recordings of a mock come: free, or paced by one track as on the day.

alter table attempts add column delivery text not null default 'free';      -- free | paced
-- What the track holds, from the start of its section on: JSON of domain::track::Plan. It never changes, as the form.
alter table forms add column track text;
-- What a school wants of the mocks that it gives; null: whoever starts one chooses.
alter table assignments add column delivery text;
