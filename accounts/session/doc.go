// Package session signs accounts in and out: it opens sessions, finds the one of a request, lists and ends them, and lets owners change
// their password.
package session
