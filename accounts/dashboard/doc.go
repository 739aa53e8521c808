// Package dashboard answers what an operator looks at first: the overview with its charts, the counters in the navigation, and the
// timeline of an account. It changes nothing.
package dashboard
