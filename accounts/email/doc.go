// Package email lets owners change their e-mail address. A link in a mail to the new address confirms it, and a link in a mail to the
// former one takes the change back for a week, in case it was not the owner who has made it.
package email
