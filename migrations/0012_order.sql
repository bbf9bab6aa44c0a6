-- A sender numbers its responses, so that one which was held up on the way does not come over a newer one of the same
-- item. The last number of an attempt's responses is that of its last row: the attempt's own row is no longer written.

alter table responses add column sent_order bigint;     -- rising with the sender; null: it does not number them
alter table responses add column top_order bigint;      -- the highest of the attempt up to this row
alter table attempts drop column last_seq;
