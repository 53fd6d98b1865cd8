import {
  AppstoreOutlined,
  BulbOutlined,
  CheckCircleFilled,
  CheckCircleOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  CloseCircleFilled,
  CopyOutlined,
  DeleteOutlined,
  DownloadOutlined,
  EyeOutlined,
  FileTextOutlined,
  GlobalOutlined,
  HomeOutlined,
  KeyOutlined,
  LogoutOutlined,
  MenuOutlined,
  MinusCircleOutlined,
  PlusOutlined,
  QuestionCircleFilled,
  ReloadOutlined,
  SafetyOutlined,
  SettingOutlined,
  StopOutlined,
  SyncOutlined,
  TeamOutlined,
  UserOutlined,
  WarningFilled,
  WechatOutlined,
} from '@ant-design/icons';
import type { ComponentProps, ComponentType } from 'react';

type Icon = ComponentType<ComponentProps<typeof UserOutlined>>;

/** An icon beside a text is decoration and hidden from screen readers. An icon without a text gets a label. */
const decorative = (Picture: Icon): Icon =>
  function Decorative(props) {
    const hasLabel = props['aria-label'] !== undefined;
    return <Picture {...(hasLabel ? {} : { role: undefined, 'aria-label': undefined, 'aria-hidden': true })} {...props} />;
  };

export const Icons = {
  more: decorative(AppstoreOutlined),
  theme: decorative(BulbOutlined),
  ok: decorative(CheckCircleFilled),
  permit: decorative(CheckCircleOutlined),
  copied: decorative(CheckOutlined),
  waiting: decorative(ClockCircleOutlined),
  wrong: decorative(CloseCircleFilled),
  copy: decorative(CopyOutlined),
  delete: decorative(DeleteOutlined),
  download: decorative(DownloadOutlined),
  show: decorative(EyeOutlined),
  log: decorative(FileTextOutlined),
  language: decorative(GlobalOutlined),
  home: decorative(HomeOutlined),
  applications: decorative(KeyOutlined),
  signOut: decorative(LogoutOutlined),
  menu: decorative(MenuOutlined),
  no: decorative(MinusCircleOutlined),
  add: decorative(PlusOutlined),
  unknown: decorative(QuestionCircleFilled),
  reload: decorative(ReloadOutlined),
  access: decorative(SafetyOutlined),
  settings: decorative(SettingOutlined),
  forbid: decorative(StopOutlined),
  rotate: decorative(SyncOutlined),
  people: decorative(TeamOutlined),
  person: decorative(UserOutlined),
  warning: decorative(WarningFilled),
  weChat: decorative(WechatOutlined),
};
