// Package mailer renders mails from the templates in templates/email, or the operator's own versions of them, and sends them to
// an SMTP server.
//
// Package jobs decides when a mail is sent, retried or given up.
package mailer
