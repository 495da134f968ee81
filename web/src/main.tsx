import { createRoot } from 'react-dom/client'
import { Shell } from './shell.tsx'

const page = document.querySelector('#page')
if (page !== null) createRoot(page).render(<Shell />)
