import { Button, Label, Tag, TagGroup, TagList as AriaTagList } from 'react-aria-components';
import './Button.css';
import { Icon } from './Icon';
import './TagList.css';

export interface TagItem {
  id: string;
  label: string;
}

interface TagListProps {
  label: string;
  hideLabel?: boolean;
  items: readonly TagItem[];
  /** Gives every tag a button, and the Delete key, that take it away. */
  onRemove?: (id: string) => void;
  /** What it says without a tag. */
  empty?: string;
}

export function TagList({
  label,
  hideLabel = false,
  items,
  onRemove,
  empty = 'none',
}: TagListProps) {
  return (
    <TagGroup
      className="field"
      {...(onRemove && { onRemove: (keys) => keys.forEach((key) => onRemove(String(key))) })}
    >
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      <AriaTagList
        className="tag-list"
        items={items}
        renderEmptyState={() => <span className="soft">{empty}</span>}
      >
        {(item) => (
          <Tag className="tag" textValue={item.label}>
            <bdi className="tag-text" title={item.label}>
              {item.label}
            </bdi>
            {onRemove && (
              <Button slot="remove" className="tag-remove">
                <Icon name="cross" size={10} />
              </Button>
            )}
          </Tag>
        )}
      </AriaTagList>
    </TagGroup>
  );
}
