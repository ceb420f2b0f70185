/** The mark: a spine with a message on its way. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <rect x="7.25" y="1.5" width="5.5" height="17" rx="2" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M0.5 7H7M13 7h6.5M13 13h6.5M0.5 13H7" stroke="currentColor" strokeWidth="1.2" opacity="0.45" />
      <circle cx="10" cy="10" r="2.6" fill="var(--accent)" />
    </svg>
  )
}
