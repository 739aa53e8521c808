// Package notify mails the owners of accounts: it queues the mails that are due, lists them, and sends failed ones again. Package jobs
// delivers what is queued.
package notify
