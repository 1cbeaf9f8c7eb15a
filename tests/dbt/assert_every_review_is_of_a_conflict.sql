-- A review of a finding that its rule no longer makes decides nothing: the finding has gone, or its key has changed.
-- What
-- a rule sees only with landed files is held to it where they are landed.
select reviewed.conflict, reviewed.found_by, reviewed.found_key
from {{ ref("stg_decisions__conflicts") }} as reviewed
left join
    {{ ref("int_conflicts__found") }} as found
    on reviewed.found_by = found.detected_by
    and coalesce(reviewed.found_key, reviewed.conflict) = found.found_key
where found.conflict_id is null
