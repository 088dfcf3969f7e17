// Words of the language that are worth completing.

export const KEYWORDS =
  'select from where group by order by having limit offset join left join inner join full join cross join on using as and or not in is null is not null like ilike between distinct union union all except intersect with recursive case when then else end cast asc desc nulls last nulls first over partition by filter exists values true false interval'
    .replace(
      /(group|order|partition) by|(left|inner|full|cross) join|is not null|is null|union all|nulls (last|first)/g,
      (phrase) => phrase.replaceAll(' ', '_'),
    )
    .split(' ')
    .map((keyword) => keyword.replaceAll('_', ' '));

/** Functions that questions about models need most; the engine has many more. */
export const FUNCTIONS = [
  ...['count', 'sum', 'avg', 'min', 'max', 'median', 'stddev', 'approx_distinct', 'array_agg'],
  ...['first_value', 'last_value', 'row_number', 'rank', 'lag', 'lead', 'ntile'],
  ...['coalesce', 'nullif', 'round', 'abs', 'ln', 'log', 'exp', 'power', 'sqrt', 'floor', 'ceil'],
  ...['lower', 'upper', 'length', 'substr', 'replace', 'concat', 'split_part', 'strpos', 'trim'],
  ...['regexp_match', 'regexp_replace', 'date_trunc', 'date_part', 'now', 'to_char'],
  ...['array_length', 'array_to_string', 'array_has', 'array_has_all', 'array_has_any'],
  ...['cardinality', 'unnest', 'map_keys', 'map_values', 'map_number', 'directed'],
  ...['accuracy', 'f1', 'weighted_precision', 'weighted_recall', 'auc', 'log_loss'],
  ...['rmse', 'mse', 'mae', 'r2', 'iterations_until', 'normal_quantile'],
];
