CREATE TABLE units (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model    text NOT NULL,
    built_on date NOT NULL
);
