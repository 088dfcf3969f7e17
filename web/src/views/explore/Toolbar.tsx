import { Button } from '../../components/Button';
import { Checkbox } from '../../components/Checkbox';
import { Select } from '../../components/Select';
import { SqlDialog } from '../../components/models/SqlDialog';
import { useExplorer } from './context';
import { MARK_LABELS } from './marks';
import type { Plan } from './plan';
import { EMPTY, isEmpty, type MarkChoice } from './spec';

/** What concerns the chart as a whole. */
interface ToolbarProps {
  plan: Plan;
  sql: string | undefined;
  /** Whether the chart or its table is shown, and not something beside it. */
  isChart: boolean;
}

export function Toolbar({ plan, sql, isChart }: ToolbarProps) {
  const { spec, change } = useExplorer();
  return (
    <div className="explore-toolbar">
      {isChart && (
        <div className="mark-select">
          <Select
            label="Mark"
            hideLabel
            isDisabled={isEmpty(spec)}
            options={[
              {
                id: 'auto',
                label: `Automatic: ${MARK_LABELS[plan.marks[0] ?? 'bar'].toLowerCase()}`,
              },
              ...plan.marks.map((mark) => ({ id: mark, label: MARK_LABELS[mark] })),
            ]}
            value={plan.marks.some((mark) => mark === spec.mark) ? spec.mark : 'auto'}
            onChange={(mark) => change({ ...spec, mark: (mark ?? 'auto') as MarkChoice })}
          />
        </div>
      )}
      <Checkbox
        isSelected={spec.scope === 'all'}
        onChange={(all) => change({ ...spec, scope: all ? 'all' : 'top' })}
      >
        Models inside pipelines and searches too
      </Checkbox>
      <span className="explore-space" />
      {isChart && <SqlDialog sql={sql} />}
      <Button
        size="small"
        isDisabled={isEmpty(spec) && spec.filters.length === 0}
        onPress={() => change(EMPTY)}
      >
        Clear all
      </Button>
    </div>
  );
}
