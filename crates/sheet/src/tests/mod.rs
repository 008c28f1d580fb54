mod amounts;
mod files;
mod headers;
mod moments;
mod packages;
mod said;
