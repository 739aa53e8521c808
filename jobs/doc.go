// Package jobs runs background work: the sweep that queues mails that are due, the delivery of mails, and purging.
//
// Several processes may run it at once. The sweep queues each mail once by its unique key; a mail is sent by the one worker
// that holds its lease. The lease of a worker that dies expires, and the mail is due again: no mail is lost, and a second
// copy, with the same Message-ID, is sent only if a worker dies after the server accepted the mail and before that was
// recorded.
package jobs
