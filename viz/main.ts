import { startApp } from './page/app.ts';

startApp(document.getElementById('app') as HTMLElement);
