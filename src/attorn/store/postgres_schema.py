"""What runs inside PostgreSQL. Each method of the store is one call of one function, and so one transaction.

No lock outlives the statement that took it, however long a verifier is away. Functions run at the isolation level read
committed, where each of their statements sees what was committed before it began: that makes the two checks sound that
come after a row was written or locked, and read again what has been forgotten meanwhile.

Deadlocks cannot happen: a call locks at most one retry first, then accounts in the order of their ids, then forgets
rows that nobody else holds, then raises the mark of what was forgotten.
"""

from __future__ import annotations

from typing import Final

from attorn.store.remote import FORGET_AT_ONCE

VERSION: Final = 1
SETTINGS: Final = "AT001"
LOST: Final = "AT002"
FORGOTTEN: Final = "AT003"
"""The SQLSTATEs of the functions' own errors."""

TABLES: Final = """
CREATE SCHEMA IF NOT EXISTS attorn;
CREATE TABLE attorn.store (one boolean PRIMARY KEY CHECK (one), version integer NOT NULL, epoch text NOT NULL);
CREATE TABLE attorn.presentation (id bytea PRIMARY KEY, until bigint NOT NULL);
CREATE INDEX presentation_until ON attorn.presentation (until);
CREATE TABLE attorn.account (id bytea PRIMARY KEY, name text NOT NULL,
    used bigint NOT NULL CHECK (used BETWEEN 0 AND 9007199254740991), until bigint NOT NULL) WITH (fillfactor = 50);
CREATE INDEX account_until ON attorn.account (until);
CREATE TABLE attorn.retry (id bytea PRIMARY KEY, until bigint NOT NULL);
CREATE INDEX retry_until ON attorn.retry (until);
CREATE TABLE attorn.forgotten (what text PRIMARY KEY, until bigint NOT NULL);
INSERT INTO attorn.forgotten VALUES ('presentation', 0), ('account', 0);
CREATE TABLE attorn.statement (about bytea NOT NULL, signer bytea NOT NULL, kind text NOT NULL, subject text NOT NULL,
    named text NOT NULL, sequence bigint NOT NULL, at bigint NOT NULL, value text NOT NULL,
    PRIMARY KEY (about, signer));
"""
"""An index takes no key longer than some 2,700 bytes, so names of any length are keyed by their SHA-256."""

_READY: Final = """
CREATE FUNCTION attorn.ready(expected text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') OR current_setting('fsync') <> 'on'
            OR current_setting('full_page_writes') <> 'on' OR current_setting('transaction_read_only') <> 'off'
            OR current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the settings have changed' USING ERRCODE = 'AT001';
    END IF;
    IF NOT EXISTS (SELECT FROM attorn.store WHERE epoch = expected)
            OR (SELECT count(*) FROM attorn.forgotten) <> 2 THEN
        RAISE EXCEPTION 'another epoch' USING ERRCODE = 'AT002';
    END IF;
END $$;
"""

_REMEMBER: Final = f"""
CREATE FUNCTION attorn.remember(epoch text, named bytea, expires bigint, now bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    added integer;
    latest bigint;
BEGIN
    PERFORM attorn.ready(epoch);
    INSERT INTO attorn.presentation VALUES (named, expires) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    -- Whoever forgot this presentation has committed before it could be added: this reads that mark.
    IF added = 1 AND expires <= (SELECT until FROM attorn.forgotten WHERE what = 'presentation') THEN
        DELETE FROM attorn.presentation WHERE id = named;
        added := 0;
    END IF;
    IF EXISTS (SELECT FROM attorn.presentation WHERE until <= now) THEN
        WITH over AS (SELECT id FROM attorn.presentation WHERE until <= now AND id <> named
                ORDER BY until LIMIT {FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED),
            gone AS (DELETE FROM attorn.presentation WHERE id IN (SELECT id FROM over) RETURNING until)
            SELECT max(until) INTO latest FROM gone;
        UPDATE attorn.forgotten SET until = latest WHERE what = 'presentation' AND until < latest;
    END IF;
    RETURN added = 1;
END $$;
"""  # noqa: S608 - a number of ours

_CHARGE: Final = f"""
CREATE FUNCTION attorn.charge(epoch text, ids bytea[], names text[], limits bigint[], amounts bigint[],
    untils bigint[], now bigint, retry_id bytea, retry_until bigint) RETURNS integer
LANGUAGE plpgsql AS $$
-- 0: charged; -1: charged before under the same key; else the number of the charge that has no room.
DECLARE
    each record;
    touched integer;
    refused integer;
    latest bigint;
BEGIN
    PERFORM attorn.ready(epoch);
    BEGIN
        IF retry_id IS NOT NULL THEN
            INSERT INTO attorn.retry AS known VALUES (retry_id, retry_until)
                ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE known.until <= now;
            GET DIAGNOSTICS touched = ROW_COUNT;
            IF touched = 0 THEN
                RETURN -1;
            END IF;
        END IF;
        FOR each IN SELECT c.id, min(c.name) AS name, max(c.until) AS until
                FROM unnest(ids, names, untils) AS c (id, name, until) GROUP BY c.id ORDER BY c.id LOOP
            UPDATE attorn.account AS a SET until = each.until WHERE a.id = each.id AND a.until < each.until;
            IF NOT FOUND THEN
                PERFORM FROM attorn.account AS a WHERE a.id = each.id FOR UPDATE;
            END IF;
            IF NOT FOUND THEN
                INSERT INTO attorn.account AS a VALUES (each.id, each.name, 0, each.until)
                    ON CONFLICT (id) DO UPDATE SET until = greatest(a.until, excluded.until);
            END IF;
        END LOOP;
        -- Whoever forgot one of these accounts has committed before it could be made anew: this reads that mark.
        IF EXISTS (SELECT FROM unnest(untils) AS c (until), attorn.forgotten AS f
                WHERE f.what = 'account' AND c.until <= f.until) THEN
            RAISE EXCEPTION 'an account may have been forgotten' USING ERRCODE = 'AT003';
        END IF;
        SELECT min(c.place) INTO refused FROM (
            SELECT c.place, a.used + sum(c.amount) OVER (PARTITION BY c.id ORDER BY c.place) > c.most AS over
            FROM unnest(ids, limits, amounts) WITH ORDINALITY AS c (id, most, amount, place)
            JOIN attorn.account AS a ON a.id = c.id) AS c WHERE c.over;
        IF refused IS NOT NULL THEN
            RAISE EXCEPTION 'no room' USING ERRCODE = 'AT004';
        END IF;
        UPDATE attorn.account AS a SET used = a.used + c.amount
            FROM (SELECT id, sum(amount) AS amount FROM unnest(ids, amounts) AS c (id, amount) GROUP BY id) AS c
            WHERE a.id = c.id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> (SELECT count(DISTINCT id) FROM unnest(ids) AS c (id)) THEN
            RAISE EXCEPTION 'an account was lost' USING ERRCODE = 'AT002';
        END IF;
    EXCEPTION WHEN SQLSTATE 'AT004' THEN
        RETURN refused;
    END;
    IF EXISTS (SELECT FROM attorn.retry WHERE until <= now) THEN
        DELETE FROM attorn.retry WHERE id IN (SELECT id FROM attorn.retry
            WHERE until <= now AND id IS DISTINCT FROM retry_id
            ORDER BY until LIMIT {FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED);
    END IF;
    IF EXISTS (SELECT FROM attorn.account WHERE until <= now) THEN
        WITH over AS (SELECT id FROM attorn.account WHERE until <= now AND id <> ALL (ids)
                ORDER BY until LIMIT {FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED),
            gone AS (DELETE FROM attorn.account WHERE id IN (SELECT id FROM over) RETURNING until)
            SELECT max(until) INTO latest FROM gone;
        UPDATE attorn.forgotten SET until = latest WHERE what = 'account' AND until < latest;
    END IF;
    RETURN 0;
END $$;
"""  # noqa: S608 - a number of ours

_USED: Final = """
CREATE FUNCTION attorn.used(epoch text, ids bytea[]) RETURNS TABLE (id bytea, used bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attorn.ready(epoch);
    RETURN QUERY SELECT a.id, a.used FROM attorn.account AS a WHERE a.id = ANY (ids);
END $$;
"""

_STATEMENTS: Final = """
CREATE FUNCTION attorn.statements(epoch text, wanted bytea[], signers bytea[])
RETURNS TABLE (kind text, subject text, named text, sequence bigint, at bigint, value text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attorn.ready(epoch);
    RETURN QUERY SELECT s.kind, s.subject, s.named, s.sequence, s.at, s.value
        FROM attorn.statement AS s WHERE s.about = ANY (wanted) AND (signers IS NULL OR s.signer = ANY (signers));
END $$;
"""

_PUT: Final = """
CREATE FUNCTION attorn.put(epoch text, abouts bytea[], signers bytea[], kinds text[], subjects text[], names text[],
    sequences bigint[], ats bigint[], vals text[])
RETURNS TABLE (kind text, subject text, named text, sequence bigint, at bigint, value text) LANGUAGE plpgsql AS $$
DECLARE
    new record;
    newer attorn.statement;
BEGIN
    PERFORM attorn.ready(epoch);
    BEGIN
        -- In the order of their keys, so that two calls cannot wait for each other.
        FOR new IN SELECT c.* FROM unnest(abouts, signers, kinds, subjects, names, sequences, ats, vals)
                WITH ORDINALITY AS c (about, signer, kind, subject, named, sequence, at, value, place)
                ORDER BY c.about, c.signer, c.place LOOP
            INSERT INTO attorn.statement AS s VALUES (new.about, new.signer, new.kind, new.subject, new.named,
                    new.sequence, new.at, new.value)
                ON CONFLICT (about, signer) DO UPDATE
                SET sequence = excluded.sequence, at = excluded.at, value = excluded.value
                WHERE s.sequence < excluded.sequence;
            IF NOT FOUND THEN
                SELECT s.* INTO newer FROM attorn.statement AS s WHERE s.about = new.about AND s.signer = new.signer;
                IF newer.sequence > new.sequence THEN
                    RAISE EXCEPTION 'newer' USING ERRCODE = 'AT004';
                END IF;
            END IF;
        END LOOP;
    EXCEPTION WHEN SQLSTATE 'AT004' THEN
        RETURN QUERY SELECT newer.kind, newer.subject, newer.named, newer.sequence, newer.at, newer.value;
    END;
END $$;
"""

SCHEMA: Final = TABLES + _READY + _REMEMBER + _CHARGE + _USED + _STATEMENTS + _PUT
