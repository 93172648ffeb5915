-- Everything a migration can make, as the server itself describes it; the order of columns says when one was added.
SELECT 'column', concat_ws('.', c.relname, a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'kind', relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, relacl)
  FROM pg_class WHERE relkind IN ('r', 'p', 'S') AND relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', concat_ws('.', conrelid::regclass, conname), pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', policyname, concat_ws(' ', tablename, qual, with_check) FROM pg_policies
UNION ALL
SELECT 'function', proname, concat_ws(' ', regexp_replace(trim(E' \n' FROM prosrc), '\s+', ' ', 'g'), prosecdef)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'due work', kind, subject FROM due_work
