-- The branching history: a row for each action and each state that it started from; null for those that started from nothing.
-- parent_state_id: Digest of a state that it started from.
select project, run_id, sequence, kind, subject_id, status, state_id, parent_state_id, occurred_at
from (
  select project, run_id, sequence, kind, subject_id, status, state_id,
         unnest(parent_state_ids) as parent_state_id, occurred_at
  from actions
  union all
  select project, run_id, sequence, kind, subject_id, status, state_id, cast(null as varchar),
         occurred_at
  from actions
  where coalesce(cardinality(parent_state_ids), 0) = 0
) as steps
