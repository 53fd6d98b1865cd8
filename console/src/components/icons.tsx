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

/** Beside a word a picture is decoration: its own name would be read out in front of the word. One that stands alone is given a label. */
const quiet = (Picture: Icon): Icon =>
  function Quiet(props) {
    const isTold = props['aria-label'] !== undefined;
    return <Picture {...(isTold ? {} : { role: undefined, 'aria-label': undefined, 'aria-hidden': true })} {...props} />;
  };

export const Icons = {
  more: quiet(AppstoreOutlined),
  theme: quiet(BulbOutlined),
  ok: quiet(CheckCircleFilled),
  permit: quiet(CheckCircleOutlined),
  copied: quiet(CheckOutlined),
  waiting: quiet(ClockCircleOutlined),
  wrong: quiet(CloseCircleFilled),
  copy: quiet(CopyOutlined),
  delete: quiet(DeleteOutlined),
  download: quiet(DownloadOutlined),
  show: quiet(EyeOutlined),
  log: quiet(FileTextOutlined),
  language: quiet(GlobalOutlined),
  home: quiet(HomeOutlined),
  applications: quiet(KeyOutlined),
  signOut: quiet(LogoutOutlined),
  menu: quiet(MenuOutlined),
  no: quiet(MinusCircleOutlined),
  add: quiet(PlusOutlined),
  unknown: quiet(QuestionCircleFilled),
  reload: quiet(ReloadOutlined),
  access: quiet(SafetyOutlined),
  settings: quiet(SettingOutlined),
  forbid: quiet(StopOutlined),
  rotate: quiet(SyncOutlined),
  people: quiet(TeamOutlined),
  person: quiet(UserOutlined),
  warning: quiet(WarningFilled),
  weChat: quiet(WechatOutlined),
};
