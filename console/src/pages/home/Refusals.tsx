import { Card, Typography } from 'antd';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { Wide } from '../../components/Wide';
import { formatNumber, formatTime } from '../../i18n/format';
import { useText } from '../../i18n/useText';
import { addressOf, kindOfName } from '../../kinds';

/** The clients whose requests were refused most, and why. */
export function Refusals({ refusals }: { refusals: readonly Schemas['RefusalCount'][] }) {
  const t = useText('home');
  return (
    refusals.length > 0 && (
      <Card title={<h2 className="card-title">{t('refusals')}</h2>} className="wide">
        <p>{t('refusalsHelp')}</p>
        <Wide label={t('refusals')}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col" className="text">
                  {t('client')}
                </th>
                <th scope="col" className="text">
                  {t('reason')}
                </th>
                <th scope="col">{t('count')}</th>
                <th scope="col" className="text">
                  {t('lastTime')}
                </th>
              </tr>
            </thead>
            <tbody>
              {refusals.map((one) => (
                <tr key={`${one.clientId} ${one.reason}`}>
                  <th scope="row" className="text">
                    {one.application === '' ? (
                      t('unknownClients')
                    ) : (
                      <Link to={addressOf(kindOfName('application'), `admin/${one.application}`)}>{one.displayName || one.application}</Link>
                    )}
                  </th>
                  <td className="text">
                    <Typography.Text code>{one.reason}</Typography.Text>
                  </td>
                  <td>{formatNumber(one.count)}</td>
                  <td className="text">{formatTime(one.last)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </Card>
    )
  );
}
