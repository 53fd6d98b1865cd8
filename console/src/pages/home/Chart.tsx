import { BarController, BarElement, CategoryScale, Chart as ChartJs, Legend, LinearScale, Tooltip } from 'chart.js';
import { theme } from 'antd';
import { useEffect, useRef } from 'react';
import styles from './Chart.module.css';

ChartJs.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

export interface Series {
  name: string;
  values: readonly number[];
}

// Distinguishable with colour blindness, on light and dark backgrounds (palette of Okabe and Ito).
const colours = ['#009e73', '#0072b2', '#e69f00', '#cc79a7', '#56b4e9', '#d55e00', '#999999'];

/** Stacked bars. The table beside them has the same data for screen readers. */
export function BarChart({ label, steps, series, isStill }: { label: string; steps: readonly string[]; series: readonly Series[]; isStill: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { token } = theme.useToken();
  useEffect(() => {
    const chart = new ChartJs(canvas.current!, {
      type: 'bar',
      data: {
        labels: [...steps],
        datasets: series.map((one, index) => ({
          label: one.name,
          data: [...one.values],
          backgroundColor: colours[index % colours.length],
          borderRadius: 3,
          maxBarThickness: 40,
        })),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        ...(isStill ? { animation: false as const } : {}),
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { stacked: true, grid: { display: false }, ticks: { color: token.colorTextSecondary, maxRotation: 0, autoSkipPadding: 16 } },
          y: { stacked: true, beginAtZero: true, grid: { color: token.colorBorderSecondary }, ticks: { color: token.colorTextSecondary, precision: 0 } },
        },
        plugins: { legend: { display: series.length > 1, position: 'bottom', labels: { color: token.colorText, boxWidth: 12 } } },
      },
    });
    return () => chart.destroy();
  }, [steps, series, isStill, token]);
  return (
    <div className={styles.chart}>
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}
