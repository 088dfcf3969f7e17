// Through which features models learnt from a source column. Features belong to the estimator that
// has them, which can be a stage of a pipeline or the best model of a search.

/** A text as SQL has it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Features of these models, and of what was fitted inside of them, that came of the column. */
export function featuresQuery(column: string, models: readonly string[]): string {
  const ids = models.map(quoted).join(', ');
  const isOne = (id: string) => `${id} in (${ids})`;
  return `select distinct f.name, m.model_id, m.parent_model_id, a.parent_model_id as above, b.parent_model_id as top
from features f
join models m on m.model_id = f.model_id
left join models a on a.model_id = m.parent_model_id
left join models b on b.model_id = a.parent_model_id
where array_has(f.source_columns, ${quoted(column)}) and m.role not in ('fold', 'candidate')
  and (${['m.model_id', 'm.parent_model_id', 'a.parent_model_id', 'b.parent_model_id'].map(isOne).join(' or ')})
order by f.name`;
}

/** Names of features by each model that they are of or inside of. */
export function featuresByModel(rows: readonly (readonly unknown[])[]): Map<string, string[]> {
  const byModel = new Map<string, Set<string>>();
  for (const [name, ...owners] of rows) {
    if (typeof name !== 'string') continue;
    for (const owner of owners) {
      if (typeof owner !== 'string') continue;
      const names = byModel.get(owner) ?? new Set();
      byModel.set(owner, names.add(name));
    }
  }
  return new Map([...byModel].map(([owner, names]) => [owner, [...names]]));
}
