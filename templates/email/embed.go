// Package email holds the built-in templates of the mails: one directory a language, in it two files a mail.
//
// A mail NAME is NAME.txt, which defines "subject" and is else the plain text, and NAME.html, which defines "heading",
// "content" and "preheader", the words that lists of mails show beside the subject. What all mails of a language end with
// is "closing" in closing.txt and closing.html; layout.html is the frame of the HTML in every language. Data and functions
// for the templates are described in package mailer.
package email

import "embed"

// FS holds the templates by the paths at which an operator's own versions replace them.
//
//go:embed layout.html */*.txt */*.html
var FS embed.FS
