//! A document in Typst markup with its data, made into a tagged PDF; knows nothing of certificates.
