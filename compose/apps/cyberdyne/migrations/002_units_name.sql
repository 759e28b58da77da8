-- Added with a default, so that the release before, which does not know the column, goes on inserting.
ALTER TABLE units ADD COLUMN name text NOT NULL DEFAULT '';
