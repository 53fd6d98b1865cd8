import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { PanelName, PanelProps } from '../kinds/kind';

/** The contents of the additional tabs of an object's page. */
const panels: Record<PanelName, LazyExoticComponent<ComponentType<PanelProps>>> = {
  deliveries: lazy(() => import('../pages/webhook/Deliveries')),
  diagnosis: lazy(() => import('../pages/connect/DiagnosePanel')),
  filePreview: lazy(() => import('../pages/FilePreview')),
  groupMembers: lazy(() => import('../pages/GroupMembers')),
  profile: lazy(() => import('../pages/application/ProfilePanel')),
  userOverview: lazy(() => import('../pages/user/UserOverview')),
};

export function PanelContent({ name, ...props }: PanelProps & { name: PanelName }) {
  const Content = panels[name];
  return <Content {...props} />;
}
