// Package jobs is what runs without a request: the sweep that finds what is due, the delivery of mails, and tidying up.
//
// Every process may run all of it at once with others. The sweep queues each mail once by its unique key; a mail is sent
// by the one worker that holds its lease. A worker that dies leaves a lease behind that ends, and the mail is due again:
// no mail is lost, and a second copy can only come from the moment between the server's answer and our mark, with the
// same Message-ID.
package jobs
