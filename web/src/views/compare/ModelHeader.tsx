import { Link } from 'react-router';
import type { components } from '../../api/schema';
import { Badge, Status } from '../../components/Badge';
import { Button, IconButton } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';

interface ModelHeaderProps {
  model: components['schemas']['Model'];
  family: string | undefined;
  isReference: boolean;
  onReference: () => void;
  onRemove: () => void;
}

export function ModelHeader({
  model,
  family,
  isReference,
  onReference,
  onRemove,
}: ModelHeaderProps) {
  const id = model.model_id;
  const name = family ?? model.estimator ?? 'model';
  const label = `${shortClass(name)} ${shortId(id)}`;
  return (
    <th scope="col" className="model-header">
      <div className="model-family truncated" title={name}>
        <bdi>{shortClass(name)}</bdi>
      </div>
      <div className="row">
        <Link to={to.model(id, model.project)} title={id}>
          {shortId(id)}
        </Link>
        <CopyButton text={id} label={`Copy the id of ${label}`} />
        <IconButton icon="cross" size="small" label={`Remove ${label}`} onPress={onRemove} />
      </div>
      <div className="row">
        {model.status != null && <Status status={model.status} />}
        {isReference ? (
          <Badge icon="info">reference</Badge>
        ) : (
          <Button size="small" variant="quiet" onPress={onReference}>
            Make reference<span className="visually-hidden">: {label}</span>
          </Button>
        )}
      </div>
    </th>
  );
}
