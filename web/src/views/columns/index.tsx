import { useSearchParams } from 'react-router';
import { ColumnList } from './ColumnList';
import { ColumnUses } from './ColumnUses';
import './columns.css';

/** Source columns, or with a name in the address the models that learnt from one. */
export default function Columns() {
  const [params] = useSearchParams();
  const name = params.get('name');
  return name === null ? <ColumnList /> : <ColumnUses key={name} name={name} />;
}
