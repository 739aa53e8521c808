// Package email holds the built-in mail templates: one directory per language, two files per mail.
//
// NAME.txt defines "subject" and the plain text. NAME.html defines "heading", "content" and "preheader", which mail programs show
// next to the subject. closing.txt and closing.html define "closing", the end of all mails; layout.html is the frame of the HTML
// in every language. Package mailer describes data and functions.
package email

import "embed"

// FS holds the templates by the paths at which an operator's own versions replace them.
//
//go:embed layout.html */*.txt */*.html
var FS embed.FS
