Dear colleagues

Here are the projects that we have agreed on
With kind regards
