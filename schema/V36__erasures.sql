-- Owned by domains/documents.

insert into numbering (kind, pattern, first) values ('erasure_order', '{yy}-УД-{seq:04}', 1);
