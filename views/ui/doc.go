// Package ui is the kit that pages are made of: the layout, form fields, charts, icons and times. A page's own parts are in views.
package ui
