"""Where source trees come from: git repositories, folders and tarballs, behind one protocol."""
