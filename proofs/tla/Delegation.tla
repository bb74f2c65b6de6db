----------------------------- MODULE Delegation -----------------------------
(* Delegation, use, revocation and budgets of one user's authority.

   Link 1 is the user's own; every later one hangs below one that is there.
   A delegator may write any limit and any rights into a link, wider ones
   too: what holds is what verifiers make of the whole chain. A use goes
   through the steps of a verification, and any other step may come between
   two of them. All verifiers share one ledger; what each of them knows of
   revocations is its own.

   `Ledger`, `Clearing` and `Standing` choose between what attorn does and
   what it must not do, so that the invariants are seen to fail. *)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
    Links,          \* 1 .. n, in the order in which they are made
    Principals,     \* whom links are given to
    Limits,         \* what a link may limit the spending below it to
    Actions,
    Uses,           \* presentations, each good for one use
    Amounts,
    Verifiers,
    LastTime,       \* time runs from 0 to here
    Staleness,      \* how old a verifier's list of revocations may be
    Revocable,      \* links that may be revoked
    Leaving,        \* principals that may be deprovisioned
    Ledger,         \* "atomic", or a fault: "read then write", "read then add", "one by one"
    Clearing,       \* "every link", or a fault: "last link"
    Standing        \* "asked", or a fault: "remembered", "however old"

VARIABLES
    parent, limit, rights, to,  \* of each link; parent 0 is the user, -1 a link not made yet
    account,                    \* of each link: what the ledger says was spent below it
    phase,                      \* of each use
    asked,                      \* of each use: link, amount, action, verifier
    held,                       \* of each use: the links whose accounts it is charged to now
    seen,                       \* of each use: the accounts as it read them
    doomed,                     \* uses that arrived when their verifier knew of a revocation above them
    time, checked,              \* now, and when each use was checked
    revoked, left,              \* when each link was revoked, each principal deprovisioned; Never
    known, asOf,                \* of each verifier: what it knows, and how old its list is
    remembered                  \* of each verifier: links that it found good once

tree == <<parent, limit, rights, to>>
money == <<account, held, seen>>
news == <<time, revoked, left, known, asOf>>
vars == <<tree, money, news, phase, asked, doomed, checked, remembered>>

Unlimited == 99
Never == LastTime + 1
Nobody == [link |-> 0, amount |-> 0, action |-> "none", verifier |-> "none"]
Symmetry == Permutations(Uses)

RECURSIVE Above(_)
Above(l) == IF l = 0 THEN {} ELSE {l} \union Above(parent[l])
Made == {l \in Links : parent[l] >= 0}
Chain(u) == Above(asked[u].link)
Limited(u) == {l \in Chain(u) : limit[l] # Unlimited}
Verifier(u) == asked[u].verifier

RECURSIVE Sum(_)
Sum(us) == IF us = {} THEN 0 ELSE LET u == CHOOSE u \in us : TRUE IN asked[u].amount + Sum(us \ {u})
Spent(l) == Sum({u \in Uses : phase[u] = "permitted" /\ l \in Chain(u)})

(* What clearing lets through at a link. *)
Effective(l) ==
    IF Clearing = "last link" THEN rights[l] ELSE {a \in Actions : \A k \in Above(l) : a \in rights[k]}

(* What a verifier knows: links, and principals, that are no more. *)
Condemned(u, v) == \E l \in Chain(u) : <<"link", l>> \in known[v] \/ <<"principal", to[l]>> \in known[v]
Stale(v) == time - asOf[v] > Staleness

Move(u, to_phase) == phase' = [phase EXCEPT ![u] = to_phase]

-----------------------------------------------------------------------------

Delegate(l) ==
    /\ parent[l] = -1
    /\ l > 1 => parent[l - 1] >= 0
    /\ \E p \in (IF l = 1 THEN {0} ELSE Made), n \in Limits, some \in SUBSET Actions \ {{}}, who \in Principals :
         /\ parent' = [parent EXCEPT ![l] = p]
         /\ limit' = [limit EXCEPT ![l] = n]
         /\ rights' = [rights EXCEPT ![l] = some]
         /\ to' = [to EXCEPT ![l] = who]
    /\ UNCHANGED <<money, news, phase, asked, doomed, checked, remembered>>

(* A presentation reaches a verifier. *)
Arrive(u) ==
    /\ phase[u] = "idle"
    /\ \E l \in Made, n \in Amounts, a \in Actions, v \in Verifiers :
         /\ asked' = [asked EXCEPT ![u] = [link |-> l, amount |-> n, action |-> a, verifier |-> v]]
         /\ doomed' = IF \E k \in Above(l) : <<"link", k>> \in known[v] \/ <<"principal", to[k]>> \in known[v]
                      THEN doomed \union {u} ELSE doomed
    /\ Move(u, "arrived")
    /\ UNCHANGED <<tree, money, news, checked, remembered>>

(* Steps 7 to 9: what is known of the chain, then every caveat of every link. *)
Check(u) ==
    LET v == Verifier(u)
        skips == Standing = "remembered" /\ asked[u].link \in remembered[v]
        verdict == IF ~skips /\ Condemned(u, v) THEN "revoked"
                   ELSE IF Standing # "however old" /\ ~skips /\ Stale(v) THEN "stale"
                   ELSE IF asked[u].action \notin Effective(asked[u].link) THEN "prohibited"
                   ELSE "checked"
    IN /\ phase[u] = "arrived"
       /\ Move(u, verdict)
       /\ checked' = [checked EXCEPT ![u] = time]
       /\ remembered' = IF Standing = "remembered" /\ verdict = "checked"
                        THEN [remembered EXCEPT ![v] = @ \union {asked[u].link}] ELSE remembered
       /\ UNCHANGED <<tree, money, news, asked, doomed>>

Fits(u, l, used) == used + asked[u].amount <= limit[l]

(* Step 10, as attorn does it: every account, or none, in one step. *)
Charge(u) ==
    /\ Ledger = "atomic" /\ phase[u] = "checked"
    /\ IF \A l \in Limited(u) : Fits(u, l, account[l])
       THEN /\ account' = [l \in Links |-> IF l \in Limited(u) THEN account[l] + asked[u].amount ELSE account[l]]
            /\ held' = [held EXCEPT ![u] = Limited(u)]
            /\ Move(u, "permitted")
       ELSE Move(u, "overdrawn") /\ UNCHANGED <<account, held>>
    /\ UNCHANGED <<tree, news, seen, asked, doomed, checked, remembered>>

(* Step 10, two faults: all accounts are read, and then written one after another. *)
Read(u) ==
    /\ Ledger \in {"read then write", "read then add"} /\ phase[u] = "checked"
    /\ seen' = [seen EXCEPT ![u] = account]
    /\ Move(u, IF \A l \in Limited(u) : Fits(u, l, account[l]) THEN "charging" ELSE "overdrawn")
    /\ UNCHANGED <<tree, news, account, held, asked, doomed, checked, remembered>>

Write(u) ==
    /\ Ledger \in {"read then write", "read then add"} /\ phase[u] = "charging"
    /\ IF held[u] = Limited(u) THEN Move(u, "permitted") /\ UNCHANGED <<account, held>>
       ELSE \E l \in Limited(u) \ held[u] :
              /\ account' = [account EXCEPT ![l] =
                               (IF Ledger = "read then write" THEN seen[u][l] ELSE @) + asked[u].amount]
              /\ held' = [held EXCEPT ![u] = @ \union {l}]
              /\ UNCHANGED phase
    /\ UNCHANGED <<tree, news, seen, asked, doomed, checked, remembered>>

(* Step 10, the third fault: each account in a step of its own, and paid back if a later one has no room. *)
Take(u) ==
    /\ Ledger = "one by one" /\ phase[u] = "checked"
    /\ IF held[u] = Limited(u) THEN Move(u, "permitted") /\ UNCHANGED <<account, held>>
       ELSE \E l \in Limited(u) \ held[u] :
              IF Fits(u, l, account[l])
              THEN /\ account' = [account EXCEPT ![l] = @ + asked[u].amount]
                   /\ held' = [held EXCEPT ![u] = @ \union {l}]
                   /\ UNCHANGED phase
              ELSE Move(u, "refunding") /\ UNCHANGED <<account, held>>
    /\ UNCHANGED <<tree, news, seen, asked, doomed, checked, remembered>>

Refund(u) ==
    /\ phase[u] = "refunding"
    /\ IF held[u] = {} THEN Move(u, "overdrawn") /\ UNCHANGED <<account, held>>
       ELSE \E l \in held[u] :
              /\ account' = [account EXCEPT ![l] = @ - asked[u].amount]
              /\ held' = [held EXCEPT ![u] = @ \ {l}]
              /\ UNCHANGED phase
    /\ UNCHANGED <<tree, news, seen, asked, doomed, checked, remembered>>

(* The process dies in the middle of a verification. *)
Crash(u) ==
    /\ phase[u] \in {"checked", "charging", "refunding"}
    /\ Move(u, "crashed")
    /\ UNCHANGED <<tree, money, news, asked, doomed, checked, remembered>>

Use(u) == Arrive(u) \/ Check(u) \/ Charge(u) \/ Read(u) \/ Write(u) \/ Take(u) \/ Refund(u) \/ Crash(u)

-----------------------------------------------------------------------------

Revoke(l) ==
    /\ l \in Made /\ revoked[l] = Never
    /\ revoked' = [revoked EXCEPT ![l] = time]
    /\ UNCHANGED <<tree, money, phase, asked, doomed, checked, remembered, time, left, known, asOf>>

(* For good: nothing undoes it. *)
Deprovision(p) ==
    /\ left[p] = Never
    /\ left' = [left EXCEPT ![p] = time]
    /\ UNCHANGED <<tree, money, phase, asked, doomed, checked, remembered, time, revoked, known, asOf>>

Said ==
    {<<"link", l>> : l \in {k \in Links : revoked[k] # Never}}
        \union {<<"principal", p>> : p \in {q \in Principals : left[q] # Never}}

(* Of one thing that was said, by whatever way. *)
Learn(v) ==
    /\ \E each \in Said \ known[v] : known' = [known EXCEPT ![v] = @ \union {each}]
    /\ UNCHANGED <<tree, money, phase, asked, doomed, checked, remembered, time, revoked, left, asOf>>

(* A list of all that was said so far, which says how old it is. *)
Fetch(v) ==
    /\ known[v] # Said \/ asOf[v] # time
    /\ known' = [known EXCEPT ![v] = Said]
    /\ asOf' = [asOf EXCEPT ![v] = time]
    /\ UNCHANGED <<tree, money, phase, asked, doomed, checked, remembered, time, revoked, left>>

Tick ==
    /\ time < LastTime
    /\ time' = time + 1
    /\ UNCHANGED <<tree, money, phase, asked, doomed, checked, remembered, revoked, left, known, asOf>>

-----------------------------------------------------------------------------

Nothing ==
    /\ account = [l \in Links |-> 0]
    /\ phase = [u \in Uses |-> "idle"]
    /\ asked = [u \in Uses |-> Nobody]
    /\ held = [u \in Uses |-> {}]
    /\ seen = [u \in Uses |-> [l \in Links |-> 0]]
    /\ doomed = {}
    /\ time = 0
    /\ checked = [u \in Uses |-> 0]
    /\ revoked = [l \in Links |-> Never]
    /\ left = [p \in Principals |-> Never]
    /\ known = [v \in Verifiers |-> {}]
    /\ asOf = [v \in Verifiers |-> 0]
    /\ remembered = [v \in Verifiers |-> {}]

Init ==
    /\ parent = [l \in Links |-> -1]
    /\ limit = [l \in Links |-> Unlimited]
    /\ rights = [l \in Links |-> {}]
    /\ to = [l \in Links |-> CHOOSE p \in Principals : TRUE]
    /\ Nothing

Next ==
    \/ \E l \in Links : Delegate(l)
    \/ \E u \in Uses : Use(u)
    \/ \E l \in Revocable : Revoke(l)
    \/ \E p \in Leaving : Deprovision(p)
    \/ \E v \in Verifiers : Learn(v) \/ Fetch(v)
    \/ Tick

(* One tree, for the comparison with the real ledgers: 1 -> 2 and 1 -> 3, of which 1 and 2 are limited. *)
OneTree ==
    /\ parent = [l \in Links |-> IF l = 1 THEN 0 ELSE 1]
    /\ limit = [l \in Links |-> IF l = 1 THEN 3 ELSE IF l = 2 THEN 2 ELSE Unlimited]
    /\ rights = [l \in Links |-> Actions]
    /\ to = [l \in Links |-> CHOOSE p \in Principals : TRUE]
    /\ Nothing

OnlyUses == \E u \in Uses : Arrive(u) \/ Check(u) \/ Charge(u)

-----------------------------------------------------------------------------

AtRest == {"permitted", "prohibited", "overdrawn", "revoked", "stale", "crashed"}

(* Law 7. *)
NoOverspend == \A l \in Made : account[l] <= limit[l] /\ Spent(l) <= limit[l]
AllOrNone == \A u \in Uses : phase[u] \in AtRest => held[u] = IF phase[u] = "permitted" THEN Limited(u) ELSE {}
Exact == \A l \in Made : limit[l] # Unlimited => account[l] = Spent(l)

(* Law 1. *)
AttenuationOnly ==
    /\ \A l \in Made : parent[l] > 0 => Effective(l) \subseteq Effective(parent[l])
    /\ \A u \in Uses : phase[u] = "permitted" => \A l \in Chain(u) : asked[u].action \in rights[l]

(* Law 6. What a verifier knew when a use arrived, that use does not get past. *)
RevokedNeverUsed == \A u \in doomed : phase[u] # "permitted"
WithinStaleness ==
    \A u \in Uses : phase[u] = "permitted" =>
        \A l \in Chain(u) : checked[u] <= revoked[l] + Staleness /\ checked[u] <= left[to[l]] + Staleness
(* Nobody else is denied for it. *)
NoOneElse ==
    \A u \in Uses : phase[u] = "revoked" => \E l \in Chain(u) : revoked[l] # Never \/ left[to[l]] # Never
ForGood == [][\A p \in Principals : left[p] # Never => left'[p] = left[p]]_vars

(* False on purpose: a model in which these hold would prove nothing. *)
NothingIsPermitted == \A u \in Uses : phase[u] # "permitted"
NothingIsOverdrawn == \A u \in Uses : phase[u] # "overdrawn"
NothingIsProhibited == \A u \in Uses : phase[u] # "prohibited"
NothingIsRevoked == \A u \in Uses : phase[u] # "revoked"
NothingIsStale == \A u \in Uses : phase[u] # "stale"
NothingIsUsedUp == \A l \in Made : limit[l] = Unlimited \/ account[l] < limit[l]
NoLimitIsWidened == \A l \in Made : parent[l] > 0 => limit[l] <= limit[parent[l]]
==============================================================================
