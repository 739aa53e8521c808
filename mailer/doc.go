// Package mailer turns rows of the ledger of mails into mails: it fills the templates of templates/email, or the operator's
// own versions of them, and hands the result to an SMTP server. It is the only package that knows how SMTP is spoken.
//
// When a mail is due, tried again or given up is not known here; see package jobs.
package mailer
